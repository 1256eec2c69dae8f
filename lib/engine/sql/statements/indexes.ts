/** CREATE INDEX and DROP INDEX. */

import { acceptNullsDistinct } from '#lib/engine/sql/nulls-distinct.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { splitAtCommas, toTree } from '#lib/engine/sql/rewrite/tree.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { getOwnTable } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { duplicateTable, undefinedObject } from '#lib/engine/sql/sql-problems.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** Access methods that index words or shapes: a plain SQLite index would not help them, so none is made. */
const withoutEqual = new Set(['gin', 'gist', 'spgist', 'brin', 'hnsw', 'ivfflat']);

export const createIndex: StatementHandler = ({ connection }, cursor, statement) => {
  const unique = /^create\s+unique/i.test(statement.text);
  cursor.accept('concurrently');
  const ifNotExists = cursor.accept('if', 'not', 'exists');
  const written = cursor.at('on') ? null : cursor.qualifiedName().name;
  cursor.expect('on');
  cursor.accept('only');
  const table = getOwnTable(connection, cursor.qualifiedName());
  const method = cursor.accept('using') ? cursor.name() : 'btree';
  const keys = cursor.parenthesised();
  if (cursor.accept('include')) cursor.parenthesised();
  acceptNullsDistinct(cursor);
  if (cursor.accept('with')) cursor.parenthesised();
  const where = cursor.accept('where') ? cursor.rest() : null;
  cursor.end();
  const name = written ?? findFreeName(`${table.name}_${toBareNames(keys).join('_')}_idx`, (candidate) => exists(candidate));
  function exists(candidate: string): boolean {
    return connection.get('SELECT 1 FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE', candidate) !== undefined;
  }
  if (exists(name)) {
    if (ifNotExists) return 'CREATE INDEX';
    throw duplicateTable(name);
  }
  if (withoutEqual.has(method)) return 'CREATE INDEX';
  const columns = splitAtCommas(toTree(tokenize(keys)).nodes).length;
  const condition = where === null ? '' : ` WHERE ${rewriteSql(where, { builtinsOnly: true })}`;
  if (columns === 0) throw new SqlError({ sqlstate: '42601', message: 'syntax error at or near ")"' });
  connection.exec(
    `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quoteName(name)} ON ${quoteName(table.stored)} (${toKeys(keys)})${condition}`,
  );
  return 'CREATE INDEX';
};

/** Operator classes and NULLS FIRST have no place in SQLite's key list. */
function toKeys(keys: string): string {
  return rewriteSql(keys, { builtinsOnly: true })
    .replace(/\s+nulls\s+(?:first|last)/gi, '')
    .replace(/\s+(?:[a-z]+_)*(?:ops|pattern_ops)\b/gi, '');
}

function toBareNames(keys: string): string[] {
  const names = splitAtCommas(toTree(tokenize(keys)).nodes).map((nodes) => {
    const first = nodes[0];
    return nodes.length >= 1 && first?.type === 'leaf' && first.token.kind !== 'string' && nodes[1]?.type !== 'group'
      ? first.token.text.replace(/^"|"$/g, '')
      : 'expr';
  });
  return names.length === 0 ? ['expr'] : names;
}

function findFreeName(base: string, taken: (name: string) => boolean): string {
  let name = base;
  for (let number = 1; taken(name); number += 1) name = `${base}${number}`;
  return name;
}

export const dropIndex: StatementHandler = ({ connection }, cursor) => {
  cursor.accept('concurrently');
  const ifExists = cursor.accept('if', 'exists');
  const names = [cursor.qualifiedName().name];
  while (cursor.accept(',')) names.push(cursor.qualifiedName().name);
  if (!cursor.accept('cascade')) cursor.accept('restrict');
  cursor.end();
  for (const name of names) {
    const found = connection.get(
      `SELECT name, sql, tbl_name FROM main.sqlite_schema WHERE type = 'index' AND name = ? COLLATE NOCASE`,
      name,
    );
    if (found === undefined || String(found.tbl_name).startsWith('_koyalite_')) {
      if (ifExists) continue;
      throw undefinedObject('index', name);
    }
    connection.exec(`DROP INDEX main.${quoteName(String(found.name))}`);
  }
  return 'DROP INDEX';
};
