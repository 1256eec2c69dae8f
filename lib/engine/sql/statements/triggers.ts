/** CREATE TRIGGER in SQLite's form, and DROP TRIGGER in both. */

import { quoteName } from '#lib/engine/sql/quote.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { getRelation, requireOwned } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { splitStatements } from '#lib/engine/sql/split-statements.ts';
import { denied, duplicateObject, syntaxError, undefinedObject, unsupported } from '#lib/engine/sql/sql-problems.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';

export const createTrigger: StatementHandler = ({ connection }, cursor, statement) => {
  const words = statement.tokens.filter((token) => token.kind === 'word').map((token) => token.text.toLowerCase());
  if (words.includes('execute') || words[1] === 'constraint') {
    throw unsupported('EXECUTE FUNCTION', 'Write the statements into the trigger: CREATE TRIGGER … ON t BEGIN UPDATE …; END.');
  }
  const ifNotExists = cursor.accept('if', 'not', 'exists');
  const { name } = cursor.qualifiedName();
  const timing = cursor.until((at) => at.at('on')).trim();
  cursor.expect('on');
  const table = getRelation(connection, cursor.qualifiedName());
  requireOwned(table);
  cursor.accept('for', 'each', 'row');
  const when = cursor.accept('when') ? cursor.until((at) => at.at('begin')) : null;
  cursor.expect('begin');
  const rest = cursor.rest();
  if (!/(?:^|[;\s])end\s*$/i.test(rest)) throw syntaxError(cursor.peek());
  if (connection.get(`SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' AND name = ? COLLATE NOCASE`, name) !== undefined) {
    if (ifNotExists) return 'CREATE TRIGGER';
    if (words[1] !== 'or') throw duplicateObject('trigger', name, table.name);
    connection.exec(`DROP TRIGGER main.${quoteName(name)}`);
  }
  const body = splitStatements(rest.replace(/end\s*$/i, '')).map((inner) => `${rewriteSql(inner.text, { builtinsOnly: true })};`);
  const condition = when === null ? '' : ` WHEN ${rewriteSql(when, { builtinsOnly: true })}`;
  const text = `CREATE TRIGGER ${quoteName(name)} ${timing} ON ${quoteName(table.stored)} FOR EACH ROW${condition} BEGIN ${body.join(' ')} END`;
  if (tokenize(text).some((token) => token.kind === 'param')) {
    throw unsupported(
      'auth.uid() in a trigger',
      'Give the column a DEFAULT auth.uid() instead: a trigger does not know the caller.',
    );
  }
  connection.exec(text);
  return 'CREATE TRIGGER';
};

export const dropTrigger: StatementHandler = ({ connection }, cursor) => {
  const ifExists = cursor.accept('if', 'exists');
  const { name } = cursor.qualifiedName();
  if (cursor.accept('on')) cursor.qualifiedName();
  if (!cursor.accept('cascade')) cursor.accept('restrict');
  cursor.end();
  const found = connection.get(
    `SELECT name, tbl_name FROM main.sqlite_schema WHERE type = 'trigger' AND name = ? COLLATE NOCASE`,
    name,
  );
  if (found === undefined) {
    if (ifExists) return 'DROP TRIGGER';
    throw undefinedObject('trigger', name);
  }
  if (String(found.name).startsWith('_koyalite_')) throw denied(`must be owner of trigger ${name}`);
  connection.exec(`DROP TRIGGER main.${quoteName(String(found.name))}`);
  return 'DROP TRIGGER';
};
