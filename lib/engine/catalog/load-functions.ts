/** `CREATE FUNCTION … LANGUAGE sql`, by `schema.name`. */

import { z } from 'zod';
import type { SqlFunction, Table } from '#lib/engine/catalog/catalog.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import { toBooleanColumns } from '#lib/engine/sql/boolean-columns.ts';
import type { ColumnsOfType } from '#lib/engine/sql/columns-of-type.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { splitStatements } from '#lib/engine/sql/split-statements.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';

/** How `_koyalite_functions.arguments` and `.returns` are written. */
export const storedArgumentsSchema = z.array(
  z.object({
    name: z.string(),
    type: z.string(),
    default: z.string().nullable().default(null),
    variadic: z.boolean().default(false),
  }),
);
export const storedReturnsSchema = z.object({
  setof: z.boolean(),
  /** A type or relation name; null with `columns` (RETURNS TABLE) or for void. */
  type: z.string().nullable(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })).default([]),
  void: z.boolean().default(false),
  rows: z.number().nullable().default(null),
});

const rowSchema = z.object({
  schema_name: z.string(),
  name: z.string(),
  arguments: z.string().transform((text) => storedArgumentsSchema.parse(JSON.parse(text))),
  returns: z.string().transform((text) => storedReturnsSchema.parse(JSON.parse(text))),
  volatility: z.enum(['immutable', 'stable', 'volatile']),
  security: z.enum(['invoker', 'definer']),
  strict: z.number(),
  body: z.string(),
  comment: z.string().nullable(),
});

export function loadFunctions(
  connection: CachingConnection,
  enums: ReadonlyMap<string, readonly string[]>,
  tables: ReadonlyMap<string, Table>,
  longNumerics: ColumnsOfType | null,
): Map<string, SqlFunction[]> {
  const booleans = toBooleanColumns(connection);
  const grants = loadExecuteGrants(connection);
  const found = new Map<string, SqlFunction[]>();
  for (const raw of connection.all('SELECT * FROM main._koyalite_functions ORDER BY schema_name, name, signature')) {
    const row = rowSchema.parse(raw);
    const key = `${row.schema_name}.${row.name}`;
    const table = row.returns.type === null ? null : findRowType(row.returns.type, tables);
    const argumentNames = row.arguments.map((argument) => argument.name);
    const made: SqlFunction = {
      schema: row.schema_name,
      name: row.name,
      arguments: row.arguments.map((argument) => ({
        name: argument.name,
        type: parseType(argument.type, enums),
        row: findRowType(argument.type, tables),
        default: argument.default,
        variadic: argument.variadic,
      })),
      returns: {
        kind: row.returns.void ? 'void' : row.returns.columns.length > 0 ? 'table' : table !== null ? 'row' : 'scalar',
        setof: row.returns.setof || row.returns.columns.length > 0,
        type: row.returns.type === null || table !== null ? null : parseType(row.returns.type, enums),
        table,
        columns: row.returns.columns.map((column) => ({ name: column.name, type: parseType(column.type, enums) })),
        rows: row.returns.rows,
      },
      volatility: row.volatility,
      security: row.security,
      strict: row.strict === 1,
      body: row.body,
      statements: splitStatements(row.body).map((statement) =>
        toRowFields(
          rewriteSql(statement.text, {
            argumentNames,
            functionName: row.name,
            isLongNumeric: longNumerics?.within(statement.text),
            isBoolean: booleans.within(statement.text),
          }),
        ),
      ),
      grants: grants.get(key) ?? null,
      comment: row.comment,
    };
    found.set(key, [...(found.get(key) ?? []), made]);
  }
  return found;
}

/** `$1.name`, a field of a row argument without a name of its own. */
function toRowFields(sql: string): string {
  return sql.replace(/(:arg_\w+)\.(\w+)/g, (_, argument, field) => `(${argument} ->> '${field}')`);
}

function findRowType(name: string, tables: ReadonlyMap<string, Table>): string | null {
  const bare = name.replaceAll('"', '');
  for (const key of [bare, `public.${bare}`]) if (tables.has(key)) return key;
  return null;
}

function loadExecuteGrants(connection: CachingConnection): Map<string, string[]> {
  const grants = new Map<string, string[]>();
  for (const row of connection.all(`SELECT * FROM main._koyalite_grants WHERE object_kind = 'function'`)) {
    const key = `${row.schema_name}.${row.object_name}`;
    const roles = grants.get(key) ?? [];
    if (row.privilege === 'execute') roles.push(String(row.grantee));
    grants.set(key, roles);
  }
  return grants;
}
