/**
 * Calls of SQL functions written into the SQL that calls them: SQLite has no stored functions, and a policy may well say
 * `is_member(team_id)`. An inlined body sees the walls around it; a SECURITY DEFINER body reads the file itself.
 */

import type { SqlFunction } from '#lib/engine/catalog/catalog.ts';
import { qualifyTables } from '#lib/engine/sql/qualify-tables.ts';
import { quoteName, toName } from '#lib/engine/sql/quote.ts';
import { toArgument } from '#lib/engine/sql/rewrite/rewriter.ts';
import { isTrivia, type Token, tokenize } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export interface InlineContext {
  /** Overloads by name as it stands in rewritten SQL: `fn`, or `schema.fn` outside public. */
  find(name: string): readonly SqlFunction[] | undefined;
  /** Lower-case stored names of every relation. */
  readonly stored: ReadonlySet<string>;
}

const maxDepth = 16;
const maxLength = 1 << 18;
let serial = 0;

export function inlineFunctions(sql: string, context: InlineContext, depth = 0): string {
  const tokens = tokenize(sql);
  const pieces: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const call = findCall(tokens, at, context);
    if (call === null) {
      pieces.push(tokens[at]?.text ?? '');
      continue;
    }
    if (depth >= maxDepth) throw new SqlError({ sqlstate: '54001', message: 'stack depth limit exceeded' });
    const values = call.arguments.map((text) => inlineFunctions(text, context, depth));
    const body = toBody(call.fn, values, context, depth);
    pieces.push(place(call, body, pieces));
    at = call.end;
  }
  const inlined = pieces.join('');
  // Functions that call each other several times grow exponentially.
  if (inlined.length > maxLength) throw new SqlError({ sqlstate: '54001', message: 'statement is too complex' });
  return inlined;
}

interface FoundCall {
  readonly fn: SqlFunction;
  readonly arguments: readonly string[];
  /** Index of the closing parenthesis. */
  readonly end: number;
  readonly previous: string;
  readonly next: string;
}

function findCall(tokens: readonly Token[], at: number, context: InlineContext): FoundCall | null {
  const token = tokens[at];
  if (token === undefined || (token.kind !== 'word' && token.kind !== 'quoted')) return null;
  const open = nextSignificant(tokens, at + 1);
  if (tokens[open]?.text !== '(') return null;
  const overloads = context.find(toName(token));
  if (overloads === undefined) return null;
  const { parts, end } = readArguments(tokens, open);
  const fn = overloads.find((item) => accepts(item, parts.length));
  if (fn === undefined || end < 0) return null;
  return {
    fn,
    arguments: parts,
    end,
    previous: previousText(tokens, at),
    next: tokens[nextSignificant(tokens, end + 1)]?.text ?? '',
  };
}

function accepts(fn: SqlFunction, count: number): boolean {
  const required = fn.arguments.filter((argument) => argument.default === null && !argument.variadic).length;
  return fn.statements.length === 1 && count >= required && count <= fn.arguments.length;
}

function readArguments(tokens: readonly Token[], open: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (let at = open; at < tokens.length; at += 1) {
    const text = tokens[at]?.text ?? '';
    if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    if (depth === 0) {
      if (part.trim() !== '') parts.push(part);
      return { parts, end: at };
    }
    if (text === ',' && depth === 1) {
      parts.push(part);
      part = '';
    } else if (!(text === '(' && depth === 1 && at === open)) part += text;
  }
  return { parts, end: -1 };
}

/** The body as a SELECT over its arguments, which are evaluated once in a row of their own. */
function toBody(fn: SqlFunction, values: readonly string[], context: InlineContext, depth: number): string {
  let body = inlineFunctions(fn.statements[0] ?? '', context, depth + 1)
    .trim()
    .replace(/;$/, '');
  if (fn.security === 'definer') body = qualifyTables(body, context.stored);
  if (!/^\s*(select|with|values)\b/i.test(body)) {
    throw new SqlError({
      sqlstate: '0A000',
      message: `function ${fn.name} changes data and cannot be called inside another statement`,
    });
  }
  if (fn.arguments.length === 0) return body;
  const scope = `~f${serial++}`;
  const columns = fn.arguments.map(
    (argument, index) => `(${values[index] ?? argument.default ?? 'NULL'}) AS ${quoteName(`a${index}`)}`,
  );
  for (const [index, argument] of fn.arguments.entries()) {
    body = replaceParameter(
      body,
      toArgument(argument.name === '' ? `$${index + 1}` : argument.name),
      `${quoteName(scope)}.${quoteName(`a${index}`)}`,
    );
  }
  const from = `(SELECT ${columns.join(', ')}) AS ${quoteName(scope)}`;
  // A set must stay a set: the arguments' row is found by correlation from inside the body.
  return fn.returns.setof ? substituteValues(fn, body, values, scope) : `SELECT (${body}) FROM ${from}`;
}

/** For sets the argument expressions stand in the body itself: a row of arguments could not be joined laterally. */
function substituteValues(fn: SqlFunction, body: string, values: readonly string[], scope: string): string {
  return fn.arguments.reduce(
    (text, argument, index) =>
      text.replaceAll(`${quoteName(scope)}.${quoteName(`a${index}`)}`, `(${values[index] ?? argument.default ?? 'NULL'})`),
    body,
  );
}

/** Where the call stands decides its form: a table in FROM, a set in `IN (SELECT fn())`, else a scalar. */
function place(call: FoundCall, body: string, pieces: string[]): string {
  const { fn, previous, next } = call;
  const rows = fn.returns.setof || fn.returns.kind === 'row' || fn.returns.kind === 'table';
  if (!rows) return `(${body})`;
  if (['from', 'join'].includes(previous)) return aliased(next) ? `(${body})` : `(${body}) AS ${quoteName(fn.name)}`;
  if (previous === 'select' && (next === ')' || next === '')) {
    for (let at = pieces.length - 1; at >= 0; at -= 1) {
      if (pieces[at]?.toLowerCase() !== 'select') continue;
      pieces.splice(at);
      return body;
    }
  }
  return `(${body})`;
}

function aliased(next: string): boolean {
  return (
    /^(as|"|[a-z_])/i.test(next) &&
    !/^(where|group|order|limit|join|left|inner|cross|on|union|natural|having|using|full|right)$/i.test(next)
  );
}

export function replaceParameter(sql: string, parameter: string, replacement: string): string {
  return tokenize(sql)
    .map((token) => (token.kind === 'param' && token.text === parameter ? replacement : token.text))
    .join('');
}

function nextSignificant(tokens: readonly Token[], from: number): number {
  let at = from;
  for (let token = tokens[at]; token !== undefined && isTrivia(token); token = tokens[at]) at += 1;
  return at;
}

function previousText(tokens: readonly Token[], from: number): string {
  let at = from - 1;
  for (let token = tokens[at]; token !== undefined && isTrivia(token); token = tokens[at]) at -= 1;
  return tokens[at]?.text.toLowerCase() ?? '';
}
