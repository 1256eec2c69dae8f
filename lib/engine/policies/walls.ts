/**
 * Walls: the common table expressions that shadow each table by what a role may see. Built once per catalog version and
 * role, and shared by every statement.
 */

import type { Catalog, Table, View } from '#lib/engine/catalog/catalog.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';
import { requireReadable } from '#lib/engine/policies/body-privileges.ts';
import { mayRaise } from '#lib/engine/policies/may-raise.ts';
import { isUnwalled, toPredicate } from '#lib/engine/policies/predicate.ts';
import { columnsFor } from '#lib/engine/policies/privileges.ts';
import { qualifyTables } from '#lib/engine/sql/qualify-tables.ts';
import { referencedNames } from '#lib/engine/sql/referenced-names.ts';

export interface Wall {
  readonly table: Table;
  /** `"posts" AS NOT MATERIALIZED (SELECT …)`. */
  readonly sql: string;
}

export interface Walls {
  /** Walls for these tables and for everything their policies and view bodies read, in a fixed order. */
  around(keys: Iterable<string>): readonly Wall[];
  /** The walls generated SQL reads from: like the others, but showing the rowid, under a name of their own. */
  planned(keys: Iterable<string>): readonly Wall[];
  /** Every table this text may read, by key. */
  readBy(sql: string): readonly string[];
  /** The same for the text of a policy, a view or a function. Throws 42501 when the role may not read what it reads. */
  readByBody(sql: string): readonly string[];
}

/**
 * The column under which a planned wall shows SQLite's rowid to generated SQL. It is no column of the wall that shadows
 * the table: a view's or a function's `*` would show it.
 */
export const rowidColumn = '__koyalite_rowid';

/** The name generated SQL reads a walled table by; no caller can write it. */
export function plannedName(table: Table): string {
  return `~${table.stored}`;
}

const cache = new WeakMap<Catalog, Map<string, Walls>>();

export function wallsOf(catalog: Catalog, role: string): Walls {
  let byRole = cache.get(catalog);
  if (byRole === undefined) {
    byRole = new Map();
    cache.set(catalog, byRole);
  }
  const known = byRole.get(role);
  if (known !== undefined) return known;
  const made = createWalls(catalog, role);
  byRole.set(role, made);
  return made;
}

function createWalls(catalog: Catalog, role: string): Walls {
  const byStored = new Map([...catalog.tables.values()].map((table) => [table.stored.toLowerCase(), table]));
  const walls = new Map<string, Wall | null>();
  const reads = new Map<string, readonly string[]>();

  function readBy(sql: string): readonly string[] {
    const keys: string[] = [];
    for (const name of referencedNames(sql)) {
      const table = byStored.get(name);
      if (table !== undefined) keys.push(table.key);
    }
    return keys;
  }

  function readByBody(sql: string): readonly string[] {
    const keys = readBy(sql);
    requireReadable(catalog, role, sql, keys);
    return keys;
  }

  /** What a table's own wall reads: the tables its policies or its view body mention. */
  function dependencies(table: Table): readonly string[] {
    const known = reads.get(table.key);
    if (known !== undefined) return known;
    const sql = table.view !== null ? table.view.sql : toPredicate(catalog, table, role, 'select', 'using');
    const found = table.view !== null && !table.view.securityInvoker ? [] : readByBody(sql);
    reads.set(table.key, found);
    return found;
  }

  function wallOf(table: Table): Wall | null {
    const known = walls.get(table.key);
    if (known !== undefined) return known;
    const sql = table.view !== null ? toViewWall(catalog, table, role) : toTableWall(catalog, table, role, false);
    const wall = sql === null ? null : { table, sql };
    walls.set(table.key, wall);
    return wall;
  }

  return {
    readBy,
    readByBody,
    planned(keys) {
      const tables = [...new Set(keys)].sort().map((key) => catalog.tables.get(key));
      return tables.flatMap((table) => {
        const sql = table === undefined || table.view !== null ? null : toTableWall(catalog, table, role, true);
        return table === undefined || sql === null ? [] : [{ table, sql }];
      });
    },
    around(keys) {
      const reached = new Set<string>();
      const pending = [...keys];
      for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
        const table = catalog.tables.get(key);
        if (table === undefined || reached.has(key)) continue;
        reached.add(key);
        pending.push(...dependencies(table));
      }
      const found: Wall[] = [];
      for (const key of [...reached].sort()) {
        const table = catalog.tables.get(key);
        const wall = table === undefined ? null : wallOf(table);
        if (wall !== null) found.push(wall);
      }
      return found;
    },
  };
}

/**
 * A policy that might raise is materialized: SQLite could otherwise evaluate the request's predicate on rows the policy
 * hides, and the error would tell that they exist.
 */
function toTableWall(catalog: Catalog, table: Table, role: string, planned: boolean): string | null {
  const allowed = columnsFor(catalog, table, role, 'select');
  if (allowed === 'all' && isUnwalled(catalog, table, role)) return null;
  const predicate = allowed === 'none' ? '0' : toPredicate(catalog, table, role, 'select', 'using');
  const hint = mayRaise(predicate) ? 'MATERIALIZED' : 'NOT MATERIALIZED';
  const rowid = table.withoutRowid || !planned ? '' : `, rowid AS "${rowidColumn}"`;
  const name = planned ? plannedName(table) : table.stored;
  const columns = allowed instanceof Set ? [...allowed].map(quoteName).join(', ') : '*';
  return `${quoteName(name)} AS ${hint} (SELECT ${columns}${rowid} FROM main.${quoteName(table.stored)} WHERE ${predicate})`;
}

/** An invoker's view is its body over walled names; an owner's view is its body over the file itself. */
function toViewWall(catalog: Catalog, table: Table, role: string): string | null {
  if (table.view === null) return null;
  const columns = table.columns.map((column) => quoteName(column.name)).join(', ');
  const hint = mayRaise(table.view.sql) ? 'MATERIALIZED' : 'NOT MATERIALIZED';
  return `${quoteName(table.stored)}(${columns}) AS ${hint} (${toReadable(catalog, table.view, toOrderedBody(catalog, table.view, role))})`;
}

/** SQL of a view as it stands in a statement: over walled names, or over the file where the view has its owner's rights. */
export function toReadable(catalog: Catalog, view: View, sql: string): string {
  return view.securityInvoker ? sql : qualifyTables(sql, storedNames(catalog));
}

function storedNames(catalog: Catalog): ReadonlySet<string> {
  return new Set([...catalog.tables.values()].map((table) => table.stored.toLowerCase()));
}

/** A simple view shows its table in the table's order, whichever index SQLite would rather read. */
function toOrderedBody(catalog: Catalog, view: NonNullable<Table['view']>, role: string): string {
  const base = view.updatable === null ? undefined : catalog.tables.get(view.updatable);
  const plain = base !== undefined && base.kind === 'table' && !base.withoutRowid && isUnwalled(catalog, base, role);
  return plain && !/\border\s+by\b/i.test(view.sql) ? `${view.sql} ORDER BY rowid` : view.sql;
}
