/** PUT: one row, addressed by exactly its primary key. */

import type { Table } from '#lib/engine/catalog/catalog.ts';
import type { LexedQuery } from '#lib/services/rest/parse/lex-query.ts';
import type { Payload } from '#lib/services/rest/parse/parse-body.ts';
import type { Query } from '#lib/services/rest/parse/parse-request.ts';
import { restProblem } from '#lib/services/rest/respond/rest-error.ts';

/** Throws PGRST105, PGRST114 or PGRST115 unless filters and payload name the same single row. */
export function checkPut(table: Table, query: Query, lexed: LexedQuery, payload: Payload): void {
  if (query.limits.length > 0 || query.offsets.length > 0) {
    throw restProblem(400, 'PGRST114', 'limit/offset querystring parameters are not allowed for PUT');
  }
  const given = new Map<string, string>();
  for (const { key, filter } of lexed.parameters) {
    if (filter === null) continue;
    const value = lexed.values[filter.index];
    if (filter.operator !== 'eq' || filter.negated || typeof value !== 'string') throw badFilters();
    given.set(key, value);
  }
  const columns = table.primaryKey?.columns ?? [];
  const exact = columns.length > 0 && query.filters.length === columns.length && columns.every((column) => given.has(column));
  if (!exact) throw badFilters();
  const row = payload.encoded?.sent ?? payload.rows.at(0);
  const same = payload.rows.length === 1 && columns.every((column) => String(row?.get(column)) === given.get(column));
  if (!same) throw restProblem(400, 'PGRST115', 'Payload values do not match URL in primary key column(s)');
}

function badFilters() {
  return restProblem(405, 'PGRST105', "Filters must include all and only primary key columns with 'eq' operators");
}
