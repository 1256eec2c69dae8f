/** The audit record: of a project, of the installation. */

import { z } from 'zod';
import type { AuditEntry } from '#generated/client.ts';
import { requirePlatformOwner } from '#lib/control/actor.ts';
import { listAudit, verifyAudit } from '#lib/control/audit.ts';
import { verifyEnvironmentAudit } from '#lib/control/environment-audit.ts';
import { route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import type { AuditVerdict } from '#lib/engine/audit/audit-chain.ts';

const auditEntryJson = named(
  'AuditEntry',
  z.object({
    seq: z.number(),
    at: z.iso.datetime(),
    actor_id: z.string().nullable(),
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    project_ref: z.string().nullable(),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    before: z.unknown(),
    after: z.unknown(),
    hash: z.string(),
  }),
);

const page = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.coerce.number().int().min(1).optional().meta({ description: 'Entries older than this seq' }),
});

function toAuditEntryJson(entry: AuditEntry): z.infer<typeof auditEntryJson> {
  const { seq, at, actor, action, subject, ip, hash } = entry;
  const parse = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  return {
    seq,
    at,
    actor_id: entry.actorId,
    actor,
    action,
    subject,
    project_ref: entry.projectRef,
    ip,
    user_agent: entry.userAgent,
    before: parse(entry.before),
    after: parse(entry.after),
    hash,
  };
}

const verdictJson = named(
  'AuditVerdict',
  z.object({
    ok: z.boolean(),
    entries: z.number().meta({ description: 'Found intact' }),
    first_bad_seq: z.number().nullable().meta({ description: 'The first entry altered, or whose predecessor is gone' }),
  }),
);

function toVerdictJson({ entries, firstBadSeq }: AuditVerdict): z.infer<typeof verdictJson> {
  return { ok: firstBadSeq === null, entries, first_bad_seq: firstBadSeq };
}

export const auditRoutes = [
  route('GET', '/audit/verify', {
    id: 'verifyAudit',
    summary: 'Whether the record of this installation is whole and unaltered',
    response: verdictJson,
    async handle({ context, actor }) {
      requirePlatformOwner(actor);
      return toVerdictJson(await verifyAudit(context));
    },
  }),
  route('GET', '/projects/{ref}/auth/audit/verify', {
    id: 'verifyAuthAudit',
    summary: "Whether an environment's auth record is whole and unaltered",
    params: refParams,
    response: verdictJson,
    handle: async ({ context, actor, params }) => toVerdictJson(await verifyEnvironmentAudit(context, actor, params.ref)),
  }),
  route('GET', '/projects/{ref}/audit', {
    id: 'listProjectAudit',
    summary: 'What was done to a project, newest first',
    params: refParams,
    query: page,
    response: z.array(auditEntryJson),
    handle: async ({ context, actor, params, query }) =>
      (await listAudit(context, actor, params.ref, { limit: query.limit, beforeSeq: query.before })).map(toAuditEntryJson),
  }),
  route('GET', '/audit', {
    id: 'listAudit',
    summary: 'What was done on this installation, newest first',
    query: page,
    response: z.array(auditEntryJson),
    handle: async ({ context, actor, query }) =>
      (await listAudit(context, actor, null, { limit: query.limit, beforeSeq: query.before })).map(toAuditEntryJson),
  }),
];
