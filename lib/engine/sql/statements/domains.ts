/** CREATE DOMAIN and DROP DOMAIN. */

import { removeColumn } from '#lib/engine/sql/alter/alter-columns.ts';
import { TableEdit } from '#lib/engine/sql/alter/table-edit.ts';
import { findDomain, readDomains, toTypeKey } from '#lib/engine/sql/domains.ts';
import { parseDefault } from '#lib/engine/sql/parse-column.ts';
import { parseTypeText } from '#lib/engine/sql/parse-type-text.ts';
import { requireType } from '#lib/engine/sql/physical-table.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { getRelation, readEnums, requireSchema } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { dependentObjects, duplicateObject, syntaxError, undefinedObject } from '#lib/engine/sql/sql-problems.ts';
import { findType } from '#lib/engine/types/declared-type.ts';

/** A domain over a domain takes its type and checks at once: a domain never changes after. */
export const createDomain: StatementHandler = ({ connection }, cursor) => {
  const name = cursor.qualifiedName();
  requireSchema(connection, name.schema);
  cursor.accept('as');
  const at = cursor.peek();
  const written = parseTypeText(cursor);
  if (written === '') throw syntaxError(at);
  const enums = readEnums(connection);
  const domains = readDomains(connection);
  const base = findDomain(domains, written)?.[1] ?? null;
  requireType(base?.type ?? written, enums);
  const type = base?.type ?? written;
  let notNull = base?.notNull ?? false;
  let fallback = base?.default ?? null;
  const checks = [...(base?.checks ?? [])];
  while (!cursor.done) {
    if (cursor.accept('constraint')) cursor.name();
    else if (cursor.accept('collate')) cursor.name();
    else if (cursor.accept('not', 'null')) notNull = true;
    else if (cursor.accept('null')) notNull = false;
    else if (cursor.accept('default')) fallback = parseDefault(cursor);
    else if (cursor.accept('check')) {
      const check = cursor.parenthesised();
      rewriteSql(check, { builtinsOnly: true, enums });
      checks.push(check);
    } else throw syntaxError(cursor.peek());
  }
  const key = toTypeKey(name);
  if (enums.has(key) || domains.has(key) || (name.schema === 'public' && findType(name.name) !== null))
    throw duplicateObject('type', name.name);
  connection.run(
    'INSERT INTO main._koyalite_domains (schema_name, name, type, not_null, default_sql, checks) VALUES (?, ?, ?, ?, ?, ?)',
    name.schema,
    name.name,
    type,
    notNull ? 1 : 0,
    fallback,
    JSON.stringify(checks),
  );
  return 'CREATE DOMAIN';
};

export const dropDomain: StatementHandler = ({ connection }, cursor) => {
  const ifExists = cursor.accept('if', 'exists');
  const names = [cursor.qualifiedName()];
  while (cursor.accept(',')) names.push(cursor.qualifiedName());
  const cascade = cursor.accept('cascade');
  if (!cascade) cursor.accept('restrict');
  cursor.end();
  for (const name of names) {
    const key = toTypeKey(name);
    if (!readDomains(connection).has(key)) {
      if (ifExists) continue;
      throw undefinedObject('type', name.name);
    }
    const users = connection
      .all('SELECT schema_name, table_name, name FROM main._koyalite_columns WHERE domain = ?', key)
      .map((row) => ({ schema: String(row.schema_name), table: String(row.table_name), column: String(row.name) }));
    if (users.length > 0 && !cascade)
      throw dependentObjects(
        `type ${name.name}`,
        users.map(({ table, column }) => `column ${column} of table ${table} depends on type ${name.name}`),
      );
    for (const { schema, table, column } of users)
      removeColumn(new TableEdit(connection, getRelation(connection, { schema, name: table })), column, true);
    connection.run('DELETE FROM main._koyalite_domains WHERE schema_name = ? AND name = ?', name.schema, name.name);
  }
  return 'DROP DOMAIN';
};
