/** SQL a person wrote, put behind a caller's walls: the console's "run as", function bodies, seeds run as a user. */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import { inlineFunctions } from '#lib/engine/catalog/inline-functions.ts';
import { toInlineContext } from '#lib/engine/catalog/load-catalog.ts';
import { type DataVerb, guardData } from '#lib/engine/policies/guard-data.ts';
import { requirePrivilege } from '#lib/engine/policies/privileges.ts';
import { splitWith } from '#lib/engine/policies/split-with.ts';
import { wallsOf } from '#lib/engine/policies/walls.ts';
import { referencedNames } from '#lib/engine/sql/referenced-names.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/**
 * `sql` is one statement already rewritten for SQLite. Returns it with the walls of every relation it may read, and with
 * the policies of the relation it writes. Throws 42501 for what the role may not touch.
 */
export function guardSql(catalog: Catalog, role: string, sql: string): string {
  const inlined = catalog.functions.size === 0 ? sql : inlineFunctions(sql, toInlineContext(catalog.tables, catalog.functions));
  refuseHidden(catalog, inlined);
  const { entries, names, verb, statement } = splitWith(inlined);
  const shadows = names.some((name) => isRelation(catalog, name));
  if (isDataVerb(verb) && shadows)
    throw new SqlError({
      sqlstate: '0A000',
      message: 'a WITH query that changes rows cannot bear the name of a relation',
      hint: 'Give the WITH query a name of its own.',
    });
  if (isDataVerb(verb)) return guardData(catalog, role, verb, statement, entries);
  // REPLACE, EXPLAIN and whatever else has no policy of its own.
  if (verb !== 'select' && verb !== 'values')
    throw new SqlError({ sqlstate: '42501', message: `permission denied for ${verb.toUpperCase()}` });
  return guardRead(catalog, role, inlined, entries, shadows, statement);
}

function guardRead(catalog: Catalog, role: string, sql: string, entries: string, shadows: boolean, statement: string): string {
  const walls = wallsOf(catalog, role);
  const read = walls
    .readBy(sql)
    .map((key) => catalog.tables.get(key))
    .filter((table) => table !== undefined);
  for (const table of read) requirePrivilege(catalog, table, role, 'select', []);
  const around = walls.around(read.map((table) => table.key));
  if (around.length === 0) return sql;
  const built = around.map((wall) => wall.sql).join(', ');
  if (entries === '') return `WITH ${built} ${statement}`;
  // An entry may bear a relation's name: in a scope of its own it shadows that for the statement and not for the policies.
  if (shadows) return `WITH ${built} SELECT * FROM (${sql})`;
  const recursive = /^\s*recursive\b/i.test(entries);
  return `WITH ${recursive ? 'RECURSIVE ' : ''}${built}, ${entries.replace(/^\s*recursive\b/i, '').trim()} ${statement}`;
}

function isDataVerb(verb: string): verb is DataVerb {
  return verb === 'insert' || verb === 'update' || verb === 'delete';
}

function isRelation(catalog: Catalog, name: string): boolean {
  for (const table of catalog.tables.values()) if (table.stored.toLowerCase() === name) return true;
  return false;
}

/** Names only the engine may use: SQLite's schema and statistics, and system tables without a public name. */
function refuseHidden(catalog: Catalog, sql: string): void {
  const stored = new Set([...catalog.tables.values()].map((table: Table) => table.stored.toLowerCase()));
  for (const name of referencedNames(sql)) {
    const hidden = /^(sqlite_|pragma_|_koyalite_|dbstat$|bytecode$|tables_used$|fts5vocab)/.test(name) && !stored.has(name);
    if (hidden) throw new SqlError({ sqlstate: '42501', message: `permission denied for relation ${name}` });
  }
}
