/** Advice about an environment: tables without row-level security, policies that trust what users write. */

import { z } from 'zod';
import { listPolicyNotices } from '#lib/control/advisors.ts';
import { route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';

const noticeJson = named(
  'PolicyNotice',
  z.object({
    rule: z.enum(['user-metadata', 'rls-off', 'no-policy', 'restrictive-only', 'always-true', 'definer-view']),
    level: z.enum(['error', 'warning', 'info']),
    table: z.string(),
    policy: z.string().nullable(),
    message: z.string(),
    hint: z.string(),
    sql: z.string().nullable().meta({ description: 'What mends it; null where a person has to decide' }),
  }),
);

export const advisorRoutes = [
  route('GET', '/projects/{ref}/advisors/security', {
    id: 'listSecurityAdvice',
    summary: 'What the environment’s tables and policies leave open',
    params: refParams,
    response: z.object({ lints: z.array(noticeJson) }),
    handle: async ({ context, actor, params }) => ({ lints: await listPolicyNotices(context, actor, params.ref) }),
  }),
];
