/** SQL a person wrote, put behind a caller's walls: the console's "run as", function bodies, seeds run as a user. */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import { inlineFunctions } from '#lib/engine/catalog/inline-functions.ts';
import { toInlineContext } from '#lib/engine/catalog/load-catalog.ts';
import { guardData } from '#lib/engine/policies/guard-data.ts';
import { requirePrivilege } from '#lib/engine/policies/privileges.ts';
import { wallsOf } from '#lib/engine/policies/walls.ts';
import { referencedNames } from '#lib/engine/sql/referenced-names.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/**
 * `sql` is one statement already rewritten for SQLite. Returns it with the walls of every relation it may read, and with
 * the policies of the relation it writes. Throws 42501 for what the role may not touch.
 */
export function guardSql(catalog: Catalog, role: string, sql: string): string {
  const inlined = catalog.functions.size === 0 ? sql : inlineFunctions(sql, toInlineContext(catalog.tables, catalog.functions));
  const walls = wallsOf(catalog, role);
  refuseHidden(catalog, inlined);
  const read = walls.readBy(inlined).map((key) => catalog.tables.get(key)).filter((table) => table !== undefined);
  const { verb, rest } = splitVerb(inlined);
  if (verb !== 'insert' && verb !== 'update' && verb !== 'delete') {
    for (const table of read) requirePrivilege(catalog, table, role, 'select', []);
    const around = walls.around(read.map((table) => table.key)).map((wall) => wall.sql);
    if (verb === 'with') return `WITH ${/^\s*recursive\b/i.test(rest) ? 'RECURSIVE ' : ''}${[...around, rest.replace(/^\s*recursive\b/i, '').trim()].join(', ')}`;
    return `${around.length === 0 ? '' : `WITH ${around.join(', ')} `}${inlined}`;
  }
  return guardData(catalog, role, verb, inlined);
}

function splitVerb(sql: string): { verb: string; rest: string } {
  const match = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*([A-Za-z]+)/.exec(sql);
  return { verb: match?.[1]?.toLowerCase() ?? '', rest: sql.slice(match?.[0].length ?? 0) };
}

/** Names only the engine may use: SQLite's schema and statistics, and system tables without a public name. */
function refuseHidden(catalog: Catalog, sql: string): void {
  const stored = new Set([...catalog.tables.values()].map((table: Table) => table.stored.toLowerCase()));
  for (const name of referencedNames(sql)) {
    const hidden = /^(sqlite_|pragma_|_koyalite_|dbstat$|bytecode$|tables_used$|fts5vocab)/.test(name) && !stored.has(name);
    if (hidden) throw new SqlError({ sqlstate: '42501', message: `permission denied for relation ${name}` });
  }
}
