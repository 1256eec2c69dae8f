/** What no script may do: leave the file, loosen SQLite's guards, or write the system's own tables. */

import { toFunctionBody } from '#lib/engine/sql/function-body-text.ts';
import { toName, toStringValue } from '#lib/engine/sql/quote.ts';
import { type Statement, splitStatements } from '#lib/engine/sql/split-statements.ts';
import { denied } from '#lib/engine/sql/sql-problems.ts';
import { isTrivia, type Token } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

const statements: Readonly<Record<string, string>> = {
  attach: 'ATTACH',
  detach: 'DETACH',
  vacuum: 'VACUUM',
};
const functions = new Set(['load_extension', 'readfile', 'writefile', 'edit', 'fts3_tokenizer', 'sqlite_compileoption_get']);
/** They would name files of the machine. */
const relations = new Set([
  'pragma_database_list',
  'pragma_temp_store_directory',
  'pragma_data_store_directory',
  'dbstat',
  'sqlite_dbpage',
]);
const readOnlyPragmas = new Set([
  'table_info',
  'table_xinfo',
  'table_list',
  'index_list',
  'index_info',
  'index_xinfo',
  'foreign_key_list',
  'foreign_key_check',
  'integrity_check',
  'quick_check',
  'collation_list',
  'function_list',
  'pragma_list',
  'compile_options',
  'encoding',
  'page_count',
  'page_size',
  'freelist_count',
  'data_version',
  'foreign_keys',
  'journal_mode',
  'synchronous',
  'user_version',
]);
const takesName = new Set([
  'table_info',
  'table_xinfo',
  'table_list',
  'index_list',
  'index_info',
  'index_xinfo',
  'foreign_key_list',
  'foreign_key_check',
  'integrity_check',
  'quick_check',
]);

/** Statements that hold nothing but names, so that a string among them is one too. */
const nameOnly = new Set(['drop', 'truncate', 'alter', 'lock', 'grant', 'revoke', 'comment']);
/** After these SQLite reads a string as the name of a relation. */
const beforeRelation = new Set([
  'into',
  'update',
  'from',
  'table',
  'join',
  'on',
  'exists',
  'references',
  '.',
  'ignore',
  'replace',
  'abort',
  'fail',
  'rollback',
  'only',
]);

/** Throws 42501. `writes` is true for anything but a plain read. */
export function denyUnsafe(statement: Statement, writes: boolean): void {
  const tokens = withoutExplain(statement.tokens.filter((token) => !isTrivia(token)));
  const first = tokens[0]?.text.toLowerCase() ?? '';
  const command = Object.hasOwn(statements, first) ? statements[first] : undefined;
  if (command !== undefined)
    throw denied(
      `permission denied to run ${command}`,
      'An environment is one file; backups and copies have their own commands.',
    );
  if (first === 'pragma') denyPragma(tokens.slice(1).map((token) => token.text));
  tokens.forEach((token, at) => {
    const name = readName(token);
    if (name === null) return;
    const isName = token.kind !== 'string';
    const before = tokens[at - 1]?.text.toLowerCase() ?? '';
    const isRelation = isName || beforeRelation.has(before) || ((before === ',' || before === '(') && hasFrom(tokens, at));
    if ((isRelation && relations.has(name)) || (isName && functions.has(name) && tokens[at + 1]?.text === '('))
      throw denied(`permission denied for ${name}`);
    if (!writes || !/^(?:_koyalite_|sqlite_)/.test(name)) return;
    // `sqlite_version()` is a function, `INSERT INTO sqlite_sequence(name)` is not.
    const called = isName && name.startsWith('sqlite_') && tokens[at + 1]?.text === '(' && !beforeRelation.has(before);
    if (!called && (isRelation || nameOnly.has(first))) throw denied(`permission denied for table ${name}`);
  });
  for (const inner of splitStatements(toFunctionBody(tokens) ?? '')) denyInFunction(inner);
}

/** Several pragmas act while they are compiled: explaining one runs it. */
function withoutExplain(tokens: readonly Token[]): readonly Token[] {
  if (tokens[0]?.text.toLowerCase() !== 'explain') return tokens;
  return tokens.slice(tokens[1]?.text.toLowerCase() === 'query' && tokens[2]?.text.toLowerCase() === 'plan' ? 3 : 1);
}

/** What a function runs later is held to the same rules when it is written. */
function denyInFunction(inner: Statement): void {
  const verb = inner.tokens[0]?.text.toLowerCase() ?? '';
  denyUnsafe(inner, true);
  if (/^(?:\(|select|insert|update|delete|replace|with|values|table)$/.test(verb)) return;
  throw new SqlError({ sqlstate: '0A000', message: `${verb.toUpperCase()} is not allowed in a SQL function` });
}

/** In lower case; null for a token that cannot name a relation. */
function readName(token: Token): string | null {
  if (token.kind === 'word' || token.kind === 'quoted') return toName(token).toLowerCase();
  return token.kind === 'string' ? toStringValue(token.text).toLowerCase() : null;
}

/** Whether a FROM stands before, with no clause begun since that ends its list. */
function hasFrom(tokens: readonly Token[], at: number): boolean {
  for (let index = at - 1; index >= 0; index -= 1) {
    const word = tokens[index]?.text.toLowerCase() ?? '';
    if (word === 'from' || word === 'join') return true;
    if (/^(?:where|select|set|values|group|order|having|limit|returning|on|in)$/.test(word)) return false;
  }
  return false;
}

function denyPragma(words: readonly string[]): void {
  const [first = '', second] = words;
  const name = (second === '.' ? (words[2] ?? '') : first).toLowerCase();
  const rest = words.slice(second === '.' ? 3 : 1);
  const reads = rest.length === 0 || (rest[0] === '(' && takesName.has(name));
  if (!readOnlyPragmas.has(name) || !reads)
    throw denied(`permission denied for PRAGMA ${name}`, 'Only pragmas that read the schema may run.');
}
