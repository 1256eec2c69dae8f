/** CREATE [OR REPLACE] VIEW and ALTER VIEW. A view reads with its caller's rights unless it says otherwise. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { noteRelation, renameRelationNotes } from '#lib/engine/sql/catalog-notes.ts';
import { requireClaimParameters } from '#lib/engine/sql/claim-parameters.ts';
import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { toStoredClaim } from '#lib/engine/sql/rewrite/calls.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { findRelation, getRelation, readEnums, requireNewName } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { duplicateTable, syntaxError } from '#lib/engine/sql/sql-problems.ts';
import { toStoredName } from '#lib/engine/sql/stored-name.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';
import { parseViewBody } from '#lib/engine/sql/view-body.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';

export const createView: StatementHandler = ({ connection }, cursor, statement) => {
  const replaces =
    statement.tokens.some((token) => token.kind === 'word' && token.text.toLowerCase() === 'replace') &&
    /^create\s+or/i.test(statement.text);
  const ifNotExists = cursor.accept('if', 'not', 'exists');
  const name = cursor.qualifiedName();
  requireNewName(connection, name);
  const columns = cursor.at('(') ? cursor.nameList() : null;
  const securityInvoker = cursor.accept('with') ? readInvoker(cursor) : true;
  cursor.expect('as');
  const from = cursor.mark();
  const written = cursor.rest();
  requireClaimParameters(cursor.between(from, cursor.mark()));
  const query = written.replace(/\s+with\s+(?:(?:local|cascaded)\s+)?check\s+option\s*$|\s+with\s+(?:no\s+)?data\s*$/i, '');
  const existing = findRelation(connection, name);
  if (existing !== null) {
    if (ifNotExists) return 'CREATE VIEW';
    if (!replaces || existing.kind !== 'view') throw duplicateTable(name.name);
    connection.exec(`DROP VIEW main.${quoteName(existing.stored)}`);
  }
  const stored = toStoredName(name.schema, name.name);
  const definition = makeView(connection, stored, columns, query);
  noteRelation(connection, name, stored, 'view', { securityInvoker, definition });
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
  const full = rewriteSql(query, { enums });
  // Compiles the query with its parameters, so that a wrong name is found now.
  connection.handle.prepare(full);
  let body = full;
  let keeps = true;
  try {
    body = rewriteSql(query, { enums, builtinsOnly: true });
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
  if (!keeps) {
    try {
      connection.handle.prepare(`SELECT * FROM main.${quoteName(stored)}`);
    } catch {
      keeps = true;
    }
  }
  return keeps ? query : null;
}

function readInvoker(cursor: Cursor): boolean {
  let invoker = true;
  cursor.expect('(');
  do {
    const option = cursor.name();
    const value = cursor.accept('=') ? cursor.next().text.replaceAll("'", '').toLowerCase() : 'true';
    if (option === 'security_invoker') invoker = !['false', 'off', 'no', '0'].includes(value);
    else if (option !== 'security_barrier' && option !== 'check_option') throw syntaxError(cursor.peek());
  } while (cursor.accept(','));
  cursor.expect(')');
  return invoker;
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
    makeView(connection, toStored, body.columns, body.select);
    renameRelationNotes(connection, name, to, toStored);
  } else if (cursor.accept('set')) {
    connection.run(
      'UPDATE main._koyalite_tables SET security_invoker = ? WHERE schema_name = ? AND name = ?',
      readInvoker(cursor) ? 1 : 0,
      name.schema,
      name.name,
    );
  } else if (cursor.accept('reset')) {
    connection.run(
      'UPDATE main._koyalite_tables SET security_invoker = 1 WHERE schema_name = ? AND name = ?',
      name.schema,
      name.name,
    );
    cursor.rest();
  } else {
    cursor.expect('owner', 'to');
    cursor.name();
  }
  cursor.end();
  return 'ALTER VIEW';
};
