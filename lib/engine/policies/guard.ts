/**
 * Row-level security enters here and nowhere else: a plan and its caller become a guarded plan, and only guarded plans
 * compile.
 */

import type { Caller } from '#lib/engine/caller.ts';
import type { Catalog, Command, Table } from '#lib/engine/catalog/catalog.ts';
import { collectUses } from '#lib/engine/plan/collect-uses.ts';
import type { Plan } from '#lib/engine/plan/plan.ts';
import { requireExecute } from '#lib/engine/policies/execute-privilege.ts';
import { isUnwalled, type PolicyPart, toPredicate } from '#lib/engine/policies/predicate.ts';
import { requirePrivilege } from '#lib/engine/policies/privileges.ts';
import { type Wall, wallsOf } from '#lib/engine/policies/walls.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

declare const guarded: unique symbol;

export interface Guarded<P extends Plan = Plan> {
  readonly [guarded]: true;
  readonly plan: P;
  readonly catalog: Catalog;
  readonly role: string;
  /** Shadows of every relation the plan reads. */
  readonly walls: readonly Wall[];
  /** Tables that compiled SQL reads by their planned name. */
  readonly walled: ReadonlySet<string>;
  /** The policies of a written table as an expression over its row; `1` when none apply to this role. */
  predicate(table: Table, command: Command, part: PolicyPart): string;
  /** The write goes through a view with its owner's rights: no policy of the table it writes applies. */
  readonly owned: boolean;
  /** Walls for relations that only a write's policies read. */
  wallsFor(sql: string): readonly Wall[];
}

/** Throws 22023 for a role that does not exist, 42501 when the caller lacks a privilege; rows are filtered later, by the walls. */
export function guard<P extends Plan>(plan: P, caller: Pick<Caller, 'role'>, catalog: Catalog): Guarded<P> {
  const { role } = caller;
  if (!catalog.roles.has(role)) throw new SqlError({ sqlstate: '22023', message: `role "${role}" does not exist` });
  const uses = collectUses(plan);
  for (const use of uses.relations) requirePrivilege(catalog, use.table, role, use.privilege, use.columns);
  for (const fn of uses.functions) requireExecute(catalog, fn, role);
  const all = wallsOf(catalog, role);
  const bodies = uses.functions.filter((fn) => fn.security === 'invoker').flatMap((fn) => fn.statements);
  const read = uses.relations.filter((use) => use.privilege === 'select').map((use) => use.table.key);
  const planned = all.planned(read);
  const walls = [...planned, ...all.around([...read, ...bodies.flatMap((body) => all.readByBody(body))])];
  const owned = 'through' in plan && plan.through?.view?.securityInvoker === false;
  const made: Omit<Guarded<P>, typeof guarded> = {
    plan,
    catalog,
    role,
    walls,
    walled: new Set(planned.map((wall) => wall.table.key)),
    owned,
    predicate: (table, command, part) => toPredicate(catalog, table, role, command, part),
    wallsFor: (sql) => all.around(all.readByBody(sql)),
  };
  return made as Guarded<P>;
}

/** Whether writes to this table are checked at all for this role. */
export function isChecked(plan: Guarded, table: Table): boolean {
  return !plan.owned && !isUnwalled(plan.catalog, table, plan.role);
}
