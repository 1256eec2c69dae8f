/** The policies of one table for one command and role, as one SQL expression. PostgreSQL 15 semantics: contract/rls.md. */

import type { Catalog, Command, Policy, Table } from '#lib/engine/catalog/catalog.ts';

export type PolicyPart = 'using' | 'check';

/** True where row-level security does not apply to this role at all. */
export function isUnwalled(catalog: Catalog, table: Table, role: string): boolean {
  return !table.rls || (catalog.roles.get(role)?.bypassRls ?? false);
}

/**
 * (any permissive) and (every restrictive); no permissive policy admits nothing. A NULL result counts as false, which
 * WHERE gives for free; a check statement must say so itself.
 */
export function toPredicate(catalog: Catalog, table: Table, role: string, command: Command, part: PolicyPart): string {
  if (isUnwalled(catalog, table, role)) return '1';
  const policies = table.policies.filter((policy) => applies(catalog, policy, role, command));
  const permissive = policies.filter((policy) => policy.permissive).map((policy) => expressionOf(policy, part));
  if (permissive.length === 0) return '0';
  const restrictive = policies.filter((policy) => !policy.permissive).map((policy) => expressionOf(policy, part));
  const any = permissive.length === 1 ? `${permissive[0]}` : `(${permissive.join(' OR ')})`;
  return restrictive.length === 0 ? any : `(${[any, ...restrictive].join(' AND ')})`;
}

/** Whether a policy has a say for this role and command. */
export function applies(catalog: Catalog, policy: Policy, role: string, command: Command): boolean {
  if (policy.command !== 'all' && policy.command !== command) return false;
  const inherited = catalog.roles.get(role)?.memberOf ?? [];
  return policy.roles.some((name) => name === 'public' || name === role || inherited.includes(name));
}

/** A missing WITH CHECK falls back to USING; a missing expression admits every row. */
export function expressionOf(policy: Policy, part: PolicyPart): string {
  const sql = part === 'check' ? (policy.checkSql ?? policy.usingSql) : policy.usingSql;
  return sql === null ? '1' : `(${sql})`;
}
