/** What no script may do: leave the file, loosen SQLite's guards, or write the system's own tables. */

import { toName, toStringValue } from '#lib/engine/sql/quote.ts';
import type { Statement } from '#lib/engine/sql/split-statements.ts';
import { denied } from '#lib/engine/sql/sql-problems.ts';
import { isTrivia } from '#lib/engine/sql/tokenize.ts';

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

/** Throws 42501. `writes` is true for anything but a plain read. */
export function denyUnsafe(statement: Statement, writes: boolean): void {
  const tokens = statement.tokens.filter((token) => !isTrivia(token));
  const first = tokens[0]?.text.toLowerCase() ?? '';
  const command = Object.hasOwn(statements, first) ? statements[first] : undefined;
  if (command !== undefined)
    throw denied(
      `permission denied to run ${command}`,
      'An environment is one file; backups and copies have their own commands.',
    );
  if (first === 'pragma') denyPragma(tokens.slice(1).map((token) => token.text));
  tokens.forEach((token, at) => {
    const isName = token.kind === 'word' || token.kind === 'quoted';
    const name = isName ? toName(token).toLowerCase() : token.kind === 'string' ? toStringValue(token.text).toLowerCase() : '';
    if (isName && (relations.has(name) || (functions.has(name) && tokens[at + 1]?.text === '(')))
      throw denied(`permission denied for ${name}`);
    if (!writes || !/^(?:_koyalite_|sqlite_)/.test(name)) return;
    const named = isName || /^(?:into|update|from|table|join|on|exists|references|\.)$/i.test(tokens[at - 1]?.text ?? '');
    if (named && tokens[at + 1]?.text !== '(') throw denied(`permission denied for table ${name}`);
    if (named && name.startsWith('_koyalite_')) throw denied(`permission denied for table ${name}`);
    if (named && /^(?:into|update|table|from)$/i.test(tokens[at - 1]?.text ?? ''))
      throw denied(`permission denied for table ${name}`);
  });
}

function denyPragma(words: readonly string[]): void {
  const [first = '', second] = words;
  const name = (second === '.' ? (words[2] ?? '') : first).toLowerCase();
  const rest = words.slice(second === '.' ? 3 : 1);
  const reads = rest.length === 0 || (rest[0] === '(' && takesName.has(name));
  if (!readOnlyPragmas.has(name) || !reads)
    throw denied(`permission denied for PRAGMA ${name}`, 'Only pragmas that read the schema may run.');
}
