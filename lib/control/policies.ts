/** Tables with their policies, and what those let somebody reach: for whoever writes policies. */

import type { Actor } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { type Impersonation, toImpersonated } from '#lib/control/impersonation.ts';
import type { Command, Policy, Table } from '#lib/engine/catalog/catalog.ts';
import { type ExplainedAccess, explainAccess } from '#lib/engine/policies/explain-access.ts';

export interface PolicyTable {
  schema: string;
  name: string;
  rls: boolean;
  columns: { name: string; type: string; references: string | null }[];
  policies: Policy[];
}

export interface PolicyOverview {
  tables: PolicyTable[];
  /** Whom a policy can be for, besides `public`. */
  roles: string[];
}

/** Tables with rows of their own; of the system's tables those that take policies. Needs the role viewer. */
export async function listPolicies(context: ControlContext, actor: Actor, ref: string): Promise<PolicyOverview> {
  const { database } = await openEnvironment(context, actor, ref, 'viewer');
  const { tables, roles } = database.catalog;
  return {
    tables: [...tables.values()].filter((table) => table.kind === 'table' && takesPolicies(table)).map(toPolicyTable),
    roles: [...roles.values()].filter((role) => !role.bypassRls).map((role) => role.name),
  };
}

function takesPolicies(table: Table): boolean {
  return !table.stored.startsWith('_koyalite_') || table.schema === 'storage' || table.schema === 'realtime';
}

function toPolicyTable({ schema, name, rls, columns, foreignKeys, policies }: Table): PolicyTable {
  const target = (column: string) => foreignKeys.find((key) => key.columns.length === 1 && key.columns[0] === column)?.target;
  return {
    schema,
    name,
    rls,
    columns: columns.map((column) => ({
      name: column.name,
      type: column.type.name,
      references: target(column.name) ?? null,
    })),
    policies: [...policies],
  };
}

export interface PolicyTrial {
  as: Impersonation | string;
  /** `schema.name`. */
  table: string;
  command: Command;
}

/** Shows rows beside what hides them: needs the role developer, as all SQL does, and is on record as acting as somebody. */
export async function tryPolicies(
  context: ControlContext,
  actor: Actor,
  ref: string,
  trial: PolicyTrial,
): Promise<ExplainedAccess> {
  const { access, record, database } = await openEnvironment(context, actor, ref, 'developer');
  const caller = toImpersonated(database, trial.as);
  const after = { table: trial.table, command: trial.command, as: { role: caller.role, sub: caller.subject } };
  const event = { action: 'policy.try', subject: access.environment.ref, projectRef: access.project.ref, after };
  await inTransaction(context, (transaction) => appendAudit(transaction, context.masterKey, actor, event));
  return explainAccess(database, { caller, table: trial.table, command: trial.command }, record.settings.api.statementTimeoutMs);
}
