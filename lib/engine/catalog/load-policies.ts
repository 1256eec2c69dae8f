/** Row-level security policies, by the key of their table. */

import { z } from 'zod';
import type { Policy } from '#lib/engine/catalog/catalog.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import { toBooleanColumns } from '#lib/engine/sql/boolean-columns.ts';
import type { ColumnsOfType } from '#lib/engine/sql/columns-of-type.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { toStoredName } from '#lib/engine/sql/stored-name.ts';

const rowSchema = z.object({
  schema_name: z.string(),
  table_name: z.string(),
  name: z.string(),
  command: z.enum(['all', 'select', 'insert', 'update', 'delete']),
  permissive: z.number(),
  roles: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  using_sql: z.string().nullable(),
  check_sql: z.string().nullable(),
});

export function loadPolicies(connection: CachingConnection, longNumerics: ColumnsOfType | null): Map<string, Policy[]> {
  const booleans = toBooleanColumns(connection);
  const policies = new Map<string, Policy[]>();
  for (const raw of connection.all('SELECT * FROM main._koyalite_rls_policies ORDER BY schema_name, table_name, name')) {
    const row = rowSchema.parse(raw);
    const key = `${row.schema_name}.${row.table_name}`;
    const stored = toStoredName(row.schema_name, row.table_name);
    const rewrite = (sql: string) =>
      rewriteSql(sql, { isLongNumeric: longNumerics?.within(sql, stored), isBoolean: booleans.within(sql, stored) });
    const policy: Policy = {
      name: row.name,
      command: row.command,
      permissive: row.permissive === 1,
      roles: row.roles,
      using: row.using_sql,
      check: row.check_sql,
      usingSql: row.using_sql === null ? null : rewrite(row.using_sql),
      checkSql: row.check_sql === null ? null : rewrite(row.check_sql),
    };
    policies.set(key, [...(policies.get(key) ?? []), policy]);
  }
  return policies;
}
