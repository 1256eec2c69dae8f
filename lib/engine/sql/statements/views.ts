/** CREATE [OR REPLACE] VIEW and ALTER VIEW. A view reads with its caller's rights unless it says otherwise. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { toBooleanColumns } from '#lib/engine/sql/boolean-columns.ts';
import { noteRelation, renameRelationNotes } from '#lib/engine/sql/catalog-notes.ts';
import { requireClaimParameters } from '#lib/engine/sql/claim-parameters.ts';
import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { readLongNumerics } from '#lib/engine/sql/long-numerics.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { toStoredClaim } from '#lib/engine/sql/rewrite/calls.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { findRelation, getRelation, readEnums, requireNewName } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { readSimpleView } from '#lib/engine/sql/simple-view.ts';
import { duplicateTable, syntaxError } from '#lib/engine/sql/sql-problems.ts';
import { toStoredName } from '#lib/engine/sql/stored-name.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';
import { parseViewBody } from '#lib/engine/sql/view-body.ts';
import { isSqlError, SqlError } from '#lib/engine/sql-error.ts';

/** LOCAL and CASCADED are one: a view writes to a table, never to another view. */
const checkClause = /\s+with\s+(?:(?:local|cascaded)\s+)?check\s+option\s*$/i;

export const createView: StatementHandler = ({ connection }, cursor, statement) => {
  const replaces =
    statement.tokens.some((token) => token.kind === 'word' && token.text.toLowerCase() === 'replace') &&
    /^create\s+or/i.test(statement.text);
  const ifNotExists = cursor.accept('if', 'not', 'exists');
  const name = cursor.qualifiedName();
  requireNewName(connection, name);
  const columns = cursor.at('(') ? cursor.nameList() : null;
  const { securityInvoker = true, checkOption = false } = cursor.accept('with') ? readOptions(cursor) : {};
  cursor.expect('as');
  const from = cursor.mark();
  const written = cursor.rest();
  requireClaimParameters(cursor.between(from, cursor.mark()));
  const checked = checkOption || checkClause.test(written);
  const query = written.replace(checkClause, '').replace(/\s+with\s+(?:no\s+)?data\s*$/i, '');
  if (checked) requireSimple(query);
  const existing = findRelation(connection, name);
  if (existing !== null) {
    if (ifNotExists) return 'CREATE VIEW';
    if (!replaces || existing.kind !== 'view') throw duplicateTable(name.name);
    connection.exec(`DROP VIEW main.${quoteName(existing.stored)}`);
  }
  const stored = toStoredName(name.schema, name.name);
  const definition = makeView(connection, stored, columns, query);
  noteRelation(connection, name, stored, 'view', { securityInvoker, checkOption: checked, definition });
  return 'CREATE VIEW';
};

/** Returns the query as written when SQLite cannot read the view by itself: it names claims or calls our functions. */
export function makeView(
  connection: CachingConnection,
  stored: string,
  columns: readonly string[] | null,
  query: string,
): string | null {
  const enums = readEnums(connection);
  const isBoolean = toBooleanColumns(connection).within(query);
  const full = rewriteSql(query, { enums, isBoolean });
  // Compiles the query with its parameters, so that a wrong name is found now.
  connection.handle.prepare(full);
  let body = full;
  let keeps = true;
  try {
    body = rewriteSql(query, { enums, isBoolean, builtinsOnly: true });
    keeps = false;
  } catch (error) {
    if (!isSqlError(error) || error.sqlstate !== '0A000') throw error;
  }
  const tokens = tokenize(body);
  if (tokens.some((token) => token.kind === 'param')) {
    keeps = true;
    body = tokens.map((token) => (token.kind === 'param' ? toStoredClaim(token.text) : token.text)).join('');
  }
  const list = columns === null ? '' : ` (${columns.map(quoteName).join(', ')})`;
  connection.exec(`CREATE VIEW ${quoteName(stored)}${list} AS ${body}`);
  if (!keeps && readLongNumerics(connection) !== null) keeps = true;
  // What the file holds is read as KoyaLite SQL again, and SQLite's LIKE is our ILIKE.
  if (!keeps && rewriteSql(body, { enums }) !== full) keeps = true;
  if (!keeps) {
    try {
      connection.handle.prepare(`SELECT * FROM main.${quoteName(stored)}`);
    } catch {
      keeps = true;
    }
  }
  return keeps ? query : null;
}

/** `(security_invoker = false, check_option = local)`: what is said; the rest is as it was. */
function readOptions(cursor: Cursor): ViewOptions {
  const options: ViewOptions = {};
  cursor.expect('(');
  do {
    const option = cursor.name();
    const value = cursor.accept('=') ? cursor.next().text.replaceAll("'", '').toLowerCase() : 'true';
    if (option === 'security_invoker') options.securityInvoker = !['false', 'off', 'no', '0'].includes(value);
    else if (option === 'check_option') options.checkOption = readCheckOption(value);
    else if (option !== 'security_barrier') throw syntaxError(cursor.peek());
  } while (cursor.accept(','));
  cursor.expect(')');
  return options;
}

interface ViewOptions {
  securityInvoker?: boolean;
  checkOption?: boolean;
}

function readCheckOption(value: string): boolean {
  if (value === 'local' || value === 'cascaded') return true;
  throw new SqlError({
    sqlstate: '22023',
    message: `invalid value for enum option "check_option": ${value}`,
    details: 'Valid values are "local" and "cascaded".',
  });
}

/** Rows can only be checked where they are written through the view. */
function requireSimple(select: string): void {
  if (readSimpleView(rewriteSql(select)) !== null) return;
  throw new SqlError({
    sqlstate: '0A000',
    message: 'WITH CHECK OPTION is supported only on automatically updatable views',
    hint: 'Views that do not select from a single table are not automatically updatable.',
  });
}

function toFlag(value: boolean | null): number | null {
  return value === null ? null : Number(value);
}

/** RENAME TO, SET (security_invoker = …), OWNER TO. */
export const alterView: StatementHandler = ({ connection }, cursor) => {
  const ifExists = cursor.accept('if', 'exists');
  const name = cursor.qualifiedName();
  const view = findRelation(connection, name);
  if (view === null && ifExists) {
    cursor.rest();
    return 'ALTER VIEW';
  }
  const { stored, sql, kind } = view ?? getRelation(connection, name);
  if (kind !== 'view') throw syntaxError(cursor.peek());
  if (cursor.accept('rename', 'to')) {
    const to = { schema: name.schema, name: cursor.name() };
    if (findRelation(connection, to) !== null) throw duplicateTable(to.name);
    const body = parseViewBody(sql);
    connection.exec(`DROP VIEW main.${quoteName(stored)}`);
    const toStored = toStoredName(to.schema, to.name);
    const definition = connection.value(
      'SELECT definition FROM main._koyalite_tables WHERE schema_name = ? AND name = ?',
      name.schema,
      name.name,
    );
    makeView(connection, toStored, body.columns, typeof definition === 'string' ? definition : body.select);
    renameRelationNotes(connection, name, to, toStored);
  } else if (cursor.accept('set')) {
    const { securityInvoker = null, checkOption = null } = readOptions(cursor);
    if (checkOption === true) requireSimple(parseViewBody(sql).select);
    connection.run(
      `UPDATE main._koyalite_tables SET security_invoker = coalesce(?, security_invoker), check_option = coalesce(?, check_option)
       WHERE schema_name = ? AND name = ?`,
      toFlag(securityInvoker),
      toFlag(checkOption),
      name.schema,
      name.name,
    );
  } else if (cursor.accept('reset')) {
    for (const option of cursor.nameList()) {
      if (option !== 'security_invoker' && option !== 'check_option') continue;
      const value = option === 'security_invoker' ? 1 : 0;
      connection.run(
        `UPDATE main._koyalite_tables SET ${option} = ? WHERE schema_name = ? AND name = ?`,
        value,
        name.schema,
        name.name,
      );
    }
  } else {
    cursor.expect('owner', 'to');
    cursor.name();
  }
  cursor.end();
  return 'ALTER VIEW';
};
