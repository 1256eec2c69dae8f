/** PostgreSQL's operators that SQLite lacks or reads differently, each with the operands that bind to it. */

import { quoteText } from '#lib/engine/sql/quote.ts';
import { exactComparison, type IsLongNumeric } from '#lib/engine/sql/rewrite/exact-numeric.ts';
import { toGlob, toGlobExpression } from '#lib/engine/sql/rewrite/like-pattern.ts';
import { operand, type Piece } from '#lib/engine/sql/rewrite/piece.ts';
import { unsupported } from '#lib/engine/sql/sql-problems.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';

/** Operators that bind tighter than any rewritten here. */
const tight = new Set(['||', '+', '-', '*', '/', '%', '->', '->>', '^', '<<', '>>', '&', '|']);
const multiplicative = new Set(['||', '*', '/', '%', '->', '->>', '^']);
const path = new Set(['->', '->>']);
const comparisons = new Set(['=', '==', '<>', '!=', '<', '>', '<=', '>=']);
const likeForms: Readonly<Record<string, string>> = { '~~': 'like', '!~~': 'not like', '~~*': 'ilike', '!~~*': 'not ilike' };
const patternForms = new Set(['~', '~*', '!~', '!~*']);
const setForms: Readonly<Record<string, string>> = { '@>': 'contains', '<@': 'contained', '&&': 'overlaps' };

interface Range {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly text: string;
}

/** Rewrites in place until only SQLite's operators are left. */
export function reduceOperators(pieces: Piece[], builtinsOnly: boolean, isLongNumeric?: IsLongNumeric): Piece[] {
  reducePaths(pieces);
  reduceIntervals(pieces);
  for (let at = 0; at < pieces.length; at += 1) {
    if (reduceLike(pieces, at, builtinsOnly) || reduceSymbol(pieces, at, builtinsOnly) || reduceAny(pieces, at)) at = -1;
  }
  if (isLongNumeric !== undefined)
    for (let at = 0; at < pieces.length; at += 1) if (reduceNumeric(pieces, at, builtinsOnly, isLongNumeric)) at = -1;
  return pieces;
}

/** `a ->> 'k'` is text in PostgreSQL; SQLite would give a number or 0/1. `#>` and `#>>` take a path. */
function reducePaths(pieces: Piece[]): void {
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (piece?.kind !== 'operator' || !['->>', '#>', '#>>'].includes(piece.text)) continue;
    const left = findLeft(pieces, at, path);
    const right = pieces[at + 1];
    if (left === null || right?.kind !== 'operand') continue;
    let sql: string;
    if (piece.text === '->>') sql = toTextPath(left.text, right);
    else {
      const steps =
        right.elements?.map((element) => element.replace(/^'|'$/g, '')) ??
        right.literal?.replace(/^\{|\}$/g, '').split(',') ??
        null;
      if (steps === null) continue;
      const pathText = `$${steps.map((step) => (/^\d+$/.test(step.trim()) ? `[${step.trim()}]` : `.${JSON.stringify(step.trim())}`)).join('')}`;
      sql = piece.text === '#>' ? `(${left.text} -> ${quoteText(pathText)})` : `(${left.text} ->> ${quoteText(pathText)})`;
    }
    replace(pieces, left.from, at + 2, sql);
    at = left.from;
  }
}

function toTextPath(left: string, key: Piece): string {
  const plain = `(${left} ->> ${key.text})`;
  const path =
    key.literal !== undefined
      ? quoteText(`$.${JSON.stringify(key.literal)}`)
      : /^\d+$/.test(key.text)
        ? `'$[${key.text}]'`
        : null;
  // A claim of the token is nearly always text already; the short form keeps policies readable.
  if (
    /^(?:\(\s*select\s+)?:auth_jwt\s*\)?$/i.test(left) &&
    key.literal !== undefined &&
    ['email', 'sub', 'role', 'aal', 'session_id', 'phone'].includes(key.literal)
  )
    return plain;
  if (path === null || left.length > 2000) return `CAST(${plain} AS TEXT)`;
  return `(CASE json_type(${left}, ${path}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(${plain} AS TEXT) END)`;
}

function reduceIntervals(pieces: Piece[]): void {
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (piece?.kind !== 'operator' || (piece.text !== '+' && piece.text !== '-')) continue;
    const right = pieces[at + 1];
    const before = pieces[at - 1];
    if (right?.interval !== undefined) {
      const left = findLeft(pieces, at, multiplicative);
      if (left === null) continue;
      replace(
        pieces,
        left.from,
        at + 2,
        `timestamp_add(${left.text}, ${quoteText(right.interval)}, ${piece.text === '-' ? -1 : 1})`,
      );
      at = left.from;
    } else if (piece.text === '+' && before?.interval !== undefined && right?.kind === 'operand') {
      replace(pieces, at - 1, at + 2, `timestamp_add(${right.text}, ${quoteText(before.interval)}, 1)`);
      at -= 1;
    }
  }
}

function reduceLike(pieces: Piece[], at: number, builtinsOnly: boolean): boolean {
  const piece = pieces[at];
  if (piece === undefined) return false;
  const word = piece.kind === 'word' ? piece.text.toLowerCase() : piece.kind === 'operator' ? (likeForms[piece.text] ?? '') : '';
  if (!/^(?:not )?i?like$/.test(word)) return false;
  const before = pieces[at - 1];
  const spelledNot = before?.kind === 'word' && before.text.toLowerCase() === 'not';
  const not = spelledNot || word.startsWith('not ');
  const left = findLeft(pieces, spelledNot ? at - 1 : at, tight);
  const caseless = word.endsWith('ilike');
  if (left === null) return false;
  const any = pieces[at + 1];
  if (any?.kind === 'word' && /^(?:any|some|all)$/i.test(any.text) && pieces[at + 2]?.kind === 'operand') {
    const list = pieces[at + 2] as Piece;
    const test = `${caseless ? 'ilike' : 'like_sensitive'}(${left.text}, value)`;
    replace(pieces, left.from, at + 3, quantified(any.text, `${not ? 'NOT ' : ''}${test}`, list));
    return true;
  }
  const right = findRight(pieces, at);
  if (right === null) return false;
  let to = right.to;
  let escapeCharacter = '\\';
  const escapeWord = pieces[to];
  const escapeValue = pieces[to + 1];
  if (escapeWord?.kind === 'word' && escapeWord.text.toLowerCase() === 'escape' && escapeValue?.literal !== undefined) {
    escapeCharacter = escapeValue.literal;
    to += 2;
  }
  const literal = right.to === at + 2 ? pieces[at + 1]?.literal : undefined;
  const test = caseless
    ? toCaseless(left.text, right.text, escapeCharacter, builtinsOnly)
    : toSensitive(left.text, right.text, literal, escapeCharacter, builtinsOnly);
  replace(pieces, left.from, to, not ? `(NOT ${test})` : test);
  return true;
}

function toSensitive(
  left: string,
  right: string,
  literal: string | undefined,
  escapeCharacter: string,
  builtinsOnly: boolean,
): string {
  const glob = literal === undefined ? null : toGlob(literal, escapeCharacter);
  if (glob !== null) return `(${left} GLOB ${quoteText(glob)})`;
  if (builtinsOnly) return `(${left} GLOB ${toGlobExpression(right)})`;
  return escapeCharacter === '\\'
    ? `like_sensitive(${left}, ${right})`
    : `like_sensitive(${left}, replace(${right}, ${quoteText(escapeCharacter)}, '\\'))`;
}

function toCaseless(left: string, right: string, escapeCharacter: string, builtinsOnly: boolean): string {
  if (builtinsOnly || escapeCharacter !== '\\')
    return `(${left} LIKE ${right}${escapeCharacter === '' ? '' : ` ESCAPE ${quoteText(escapeCharacter)}`})`;
  return `ilike(${left}, ${right})`;
}

function reduceSymbol(pieces: Piece[], at: number, builtinsOnly: boolean): boolean {
  const piece = pieces[at];
  if (piece?.kind !== 'operator') return false;
  const isPattern = patternForms.has(piece.text);
  const call = setForms[piece.text] ?? (piece.text === '@@' ? 'ts_match' : undefined);
  if (!isPattern && call === undefined && piece.text !== '^') return false;
  const left = findLeft(pieces, at, piece.text === '^' ? path : tight);
  const right = piece.text === '^' ? findSingle(pieces, at) : findRight(pieces, at);
  if (left === null || right === null) return false;
  if (piece.text === '^') {
    replace(pieces, left.from, right.to, `pow(${left.text}, ${right.text})`);
    return true;
  }
  if (builtinsOnly)
    throw unsupported(
      `operator ${piece.text} in a constraint, view or trigger`,
      'Use LIKE, GLOB or SQLite’s built-in functions there.',
    );
  if (call !== undefined) {
    replace(pieces, left.from, right.to, `${call}(${left.text}, ${right.text})`);
    return true;
  }
  const flags = piece.text.endsWith('*') ? "'i'" : "''";
  replace(
    pieces,
    left.from,
    right.to,
    `${piece.text.startsWith('!') ? 'NOT ' : ''}regexp_match(${left.text}, ${right.text}, ${flags})`,
  );
  return true;
}

/** `x = ANY (list)`: the list is a sub-select, `ARRAY[…]` or an array's JSON text. */
function reduceAny(pieces: Piece[], at: number): boolean {
  const piece = pieces[at];
  const word = pieces[at + 1];
  const list = pieces[at + 2];
  if (piece?.kind !== 'operator' || !comparisons.has(piece.text) || word?.kind !== 'word' || list?.kind !== 'operand')
    return false;
  const quantifier = word.text.toLowerCase();
  if (quantifier !== 'any' && quantifier !== 'some' && quantifier !== 'all') return false;
  const left = findLeft(pieces, at, tight);
  if (left === null) return false;
  const equal = piece.text === '=' || piece.text === '==';
  if (quantifier !== 'all' && equal) replace(pieces, left.from, at + 3, `(${left.text} IN ${toSet(list)})`);
  else if (quantifier === 'all' && (piece.text === '<>' || piece.text === '!='))
    replace(pieces, left.from, at + 3, `(${left.text} NOT IN ${toSet(list)})`);
  else replace(pieces, left.from, at + 3, quantified(quantifier, `${left.text} ${piece.text} value`, list));
  return true;
}

/** `price > 10`, `price BETWEEN 1 AND 2` and `price IN (1, 2)` of decimals that SQLite would compare as text. */
function reduceNumeric(pieces: Piece[], at: number, builtinsOnly: boolean, isLong: IsLongNumeric): boolean {
  const piece = pieces[at];
  const word = piece?.kind === 'word' ? piece.text.toLowerCase() : '';
  if (piece?.kind === 'operator' && comparisons.has(piece.text) && !piece.assigns) {
    const left = findLeft(pieces, at, tight);
    const right = findRight(pieces, at);
    if (left === null || right === null || !(isLong(left.text) || isLong(right.text))) return false;
    replace(pieces, left.from, right.to, exactComparison(left.text, piece.text, right.text, builtinsOnly));
    return true;
  }
  if (word !== 'between' && word !== 'in') return false;
  const before = pieces[at - 1];
  const not = before?.kind === 'word' && before.text.toLowerCase() === 'not';
  const left = findLeft(pieces, not ? at - 1 : at, tight);
  const right = findRight(pieces, at);
  if (left === null || right === null || !isLong(left.text)) return false;
  const compare = (operator: string, text: string) => exactComparison(left.text, operator, text, builtinsOnly);
  let { to } = right;
  let tests: string;
  if (word === 'between') {
    const high = pieces[to]?.kind === 'word' && pieces[to]?.text.toLowerCase() === 'and' ? findRight(pieces, to) : null;
    if (high === null) return false;
    to = high.to;
    tests = `${compare('>=', right.text)} AND ${compare('<=', high.text)}`;
  } else {
    if (isSubSelect(right.text) || !/^\(.*\)$/s.test(right.text)) return false;
    tests = splitList(right.text)
      .map((text) => compare('=', text))
      .join(' OR ');
  }
  replace(pieces, left.from, to, not ? `(NOT (${tests}))` : `(${tests})`);
  return true;
}

/** `(a, b)` → its members. */
function splitList(list: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const token of tokenize(list.trim().slice(1, -1))) {
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    if (token.text === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += token.text;
  }
  return parts.map((part) => part.trim());
}

function toSet(list: Piece): string {
  if (list.elements !== undefined) return `(${list.elements.join(', ')})`;
  return isSubSelect(list.text) ? list.text : `(SELECT value FROM json_each(${list.text}))`;
}

function quantified(quantifier: string, test: string, list: Piece): string {
  const rows = isSubSelect(list.text)
    ? `(WITH "~rows"(value) AS ${list.text} SELECT value FROM "~rows")`
    : `json_each(${list.text})`;
  if (quantifier.toLowerCase() === 'all') return `(NOT EXISTS (SELECT 1 FROM ${rows} WHERE NOT (${test})))`;
  return `(EXISTS (SELECT 1 FROM ${rows} WHERE ${test}))`;
}

function isSubSelect(text: string): boolean {
  return /^\(\s*(?:select|with|values)\b/i.test(text);
}

/** The operand before `at`, with the operators of `binding` and a sign that belong to it. */
function findLeft(pieces: readonly Piece[], at: number, binding: ReadonlySet<string>): Range | null {
  let from = at - 1;
  if (pieces[from]?.kind !== 'operand') return null;
  for (;;) {
    const operator = pieces[from - 1];
    if (operator?.kind !== 'operator') break;
    if (binding.has(operator.text) && pieces[from - 2]?.kind === 'operand') from -= 2;
    else if ((operator.text === '-' || operator.text === '+' || operator.text === '~') && pieces[from - 2]?.kind !== 'operand')
      from -= 1;
    else break;
  }
  return { from, to: at, text: textOf(pieces, from, at) };
}

function findRight(pieces: readonly Piece[], at: number): Range | null {
  let to = skipSign(pieces, at + 1);
  if (pieces[to]?.kind !== 'operand') return null;
  to += 1;
  for (;;) {
    const operator = pieces[to];
    const next = skipSign(pieces, to + 1);
    if (operator?.kind !== 'operator' || !tight.has(operator.text) || pieces[next]?.kind !== 'operand') break;
    to = next + 1;
  }
  return { from: at + 1, to, text: textOf(pieces, at + 1, to) };
}

function findSingle(pieces: readonly Piece[], at: number): Range | null {
  const to = skipSign(pieces, at + 1);
  return pieces[to]?.kind === 'operand' ? { from: at + 1, to: to + 1, text: textOf(pieces, at + 1, to + 1) } : null;
}

function skipSign(pieces: readonly Piece[], at: number): number {
  const piece = pieces[at];
  return piece?.kind === 'operator' && (piece.text === '-' || piece.text === '+') ? at + 1 : at;
}

function textOf(pieces: readonly Piece[], from: number, to: number): string {
  return pieces
    .slice(from, to)
    .map((piece, index) => (index === 0 ? piece.text : `${piece.lead}${piece.text}`))
    .join('');
}

function replace(pieces: Piece[], from: number, to: number, text: string): void {
  pieces.splice(from, to - from, operand(pieces[from]?.lead ?? '', text));
}
