/** Row-level security: tables with their policies, and trying what these let somebody reach. */

import { z } from 'zod';
import { route } from '#lib/control/platform-api/api-route.ts';
import { impersonationSchema } from '#lib/control/platform-api/impersonation-schema.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import { listPolicies, tryPolicies } from '#lib/control/policies.ts';

const command = z.enum(['select', 'insert', 'update', 'delete']);

const policyJson = named(
  'Policy',
  z.object({
    name: z.string(),
    command: z.enum(['all', 'select', 'insert', 'update', 'delete']),
    permissive: z.boolean(),
    roles: z.array(z.string()),
    using: z.string().nullable(),
    check: z.string().nullable(),
  }),
);

const tableJson = named(
  'PolicyTable',
  z.object({
    schema: z.string(),
    name: z.string(),
    rls: z.boolean(),
    columns: z.array(z.object({ name: z.string(), type: z.string(), references: z.string().nullable() })),
    policies: z.array(policyJson),
  }),
);

const trialJson = named(
  'PolicyTrial',
  z.object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    policies: z.array(z.object({ name: z.string(), permissive: z.boolean(), command, expression: z.string() })),
    walled: z.boolean().meta({ description: 'False where row-level security does not apply to the caller' }),
    granted: z.boolean().meta({ description: 'Whether the role has the privilege at all' }),
    scanned: z.number(),
    allowed: z.number(),
    rows: z.array(
      z.object({
        values: z.array(z.union([z.string(), z.number(), z.null()])),
        allowed: z.boolean(),
        verdicts: z.array(z.boolean()).meta({ description: 'What each policy says of the row, in their order' }),
      }),
    ),
  }),
);

export const policyRoutes = [
  route('GET', '/projects/{ref}/database/policies', {
    id: 'listPolicies',
    summary: 'Tables with their row-level security and policies, and the roles a policy can be for',
    params: refParams,
    response: z.object({ tables: z.array(tableJson), roles: z.array(z.string()) }),
    async handle({ context, actor, params }) {
      const { tables, roles } = await listPolicies(context, actor, params.ref);
      const toPolicy = ({ name, command: on, permissive, roles: to, using, check }: (typeof tables)[0]['policies'][0]) => ({
        name,
        command: on,
        permissive,
        roles: [...to],
        using,
        check,
      });
      return { tables: tables.map((table) => ({ ...table, policies: table.policies.map(toPolicy) })), roles };
    },
  }),
  route('POST', '/projects/{ref}/database/policies/try', {
    id: 'tryPolicies',
    summary: 'Which rows of a table a role or user may reach with a command, and what each policy says of them',
    params: refParams,
    body: z.object({ as: impersonationSchema, table: z.string().min(1).max(200), command }),
    response: trialJson,
    async handle({ context, actor, params, body }) {
      const { columns, policies, rows, ...rest } = await tryPolicies(context, actor, params.ref, body);
      const shown = rows.map(({ values, allowed, verdicts }) => ({ values: [...values], allowed, verdicts: [...verdicts] }));
      return { ...rest, columns: [...columns], policies: [...policies], rows: shown };
    },
  }),
];
