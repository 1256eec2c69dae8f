/** Runs KoyaLite SQL, statement by statement, inside the caller's transaction. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import type { SqlResult } from '#lib/engine/engine.ts';
import { Cursor } from '#lib/engine/sql/cursor.ts';
import { runDataStatement } from '#lib/engine/sql/data-statement.ts';
import { denyUnsafe } from '#lib/engine/sql/denied-statements.ts';
import { locateError } from '#lib/engine/sql/locate-error.ts';
import { bumpCatalog } from '#lib/engine/sql/schema-facts.ts';
import type { Script, ScriptOptions } from '#lib/engine/sql/script.ts';
import { type Statement, splitStatements } from '#lib/engine/sql/split-statements.ts';
import { denied, syntaxError } from '#lib/engine/sql/sql-problems.ts';
import { statementHandlers } from '#lib/engine/sql/statement-handlers.ts';

const dataCommands = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'replace',
  'with',
  'values',
  'table',
  'explain',
  'pragma',
  'analyze',
  'reindex',
]);
const writeWords = new Set(['insert', 'update', 'delete', 'replace']);

/** Throws a SqlError with the place of the mistake; the caller then rolls its transaction back. */
export function executeScript(connection: CachingConnection, sql: string, options: ScriptOptions = {}): SqlResult[] {
  return splitStatements(sql).map((statement, index) => {
    const script: Script = {
      connection,
      options,
      touch: ({ schema, name }, policy) => options.onTouch?.({ statement: index, table: `${schema}.${name}`, policy }),
    };
    try {
      return executeStatement(script, statement);
    } catch (error) {
      throw locateError(error, statement);
    }
  });
}

/** Whether each statement is a query, so that nothing can be written: a function that changes data is not called in one. */
export function isQueries(sql: string): boolean {
  return splitStatements(sql).every((statement) => {
    const command = toDataCommand(toFirstWord(statement), statement);
    return command === 'SELECT' || command === 'VALUES';
  });
}

function toFirstWord(statement: Statement): string {
  const first = new Cursor(statement.tokens).peek();
  return first?.kind === 'word' ? first.text.toLowerCase() : first?.text === '(' ? 'select' : '';
}

function executeStatement(script: Script, statement: Statement): SqlResult {
  const cursor = new Cursor(statement.tokens);
  const first = cursor.peek();
  const command = toDataCommand(toFirstWord(statement), statement);
  denyUnsafe(statement, command === null || writeWords.has(command.toLowerCase()));
  if (command !== null) return runDataStatement(script, statement, command);
  for (const [words, handler] of statementHandlers) {
    const mark = cursor.mark();
    if (!cursor.accept(...words)) continue;
    if (script.options.wall !== undefined) throw denied('permission denied to change the schema');
    const tag = handler(script, cursor, statement);
    // A handler that gives up on the words it matched leaves the cursor for the next one.
    if (tag === '') {
      cursor.reset(mark);
      continue;
    }
    bumpCatalog(script.connection);
    return { command: tag, columns: [], types: [], rows: [], rowCount: 0, truncated: false };
  }
  throw syntaxError(first);
}

/** The verb of a statement that reads or writes rows; null for one that changes the schema. */
function toDataCommand(word: string, statement: Statement): string | null {
  if (!dataCommands.has(word)) return null;
  if (word === 'replace') return 'INSERT';
  if (word === 'table') return 'SELECT';
  if (word !== 'with') return word.toUpperCase();
  let depth = 0;
  for (const token of statement.tokens) {
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    else if (depth === 0 && token.kind === 'word' && /^(?:select|insert|update|delete|replace)$/i.test(token.text)) {
      return /^replace$/i.test(token.text) ? 'INSERT' : token.text.toUpperCase();
    }
  }
  return 'SELECT';
}
