/** Filters and logic trees: `age=gte.18`, `or=(a.eq.1,not.and(b.is.null,c.in.(1,2)))`. */

import type { FilterOperator, Operand, PathStep } from '#lib/engine/plan/plan.ts';
import { parseArrayLiteral, parseList, readQuoted } from '#lib/services/rest/parse/parse-list.ts';
import { parseFieldPath } from '#lib/services/rest/parse/parse-path.ts';
import { createScanner, type Scanner } from '#lib/services/rest/parse/scanner.ts';
import { badQuery } from '#lib/services/rest/respond/rest-error.ts';

export type IsTest = 'null' | 'not_null' | 'true' | 'false' | 'unknown';

export type FilterTest =
  | { readonly kind: 'is'; readonly test: IsTest }
  | { readonly kind: 'in'; readonly list: Operand }
  | {
      readonly kind: 'compare';
      readonly operator: FilterOperator;
      readonly operand: Operand;
      readonly quantifier: 'any' | 'all' | null;
      readonly config: string | null;
    };

export type FilterTree =
  | {
      readonly kind: 'filter';
      readonly name: string;
      readonly steps: readonly PathStep[];
      readonly negated: boolean;
      readonly test: FilterTest;
    }
  | { readonly kind: 'and' | 'or'; readonly negated: boolean; readonly items: readonly FilterTree[] };

/** Trees nested deeper than this are refused before they cost anything. */
const maxNesting = 100;
const quantifiable = new Set(['eq', 'like', 'ilike', 'gt', 'gte', 'lt', 'lte', 'match', 'imatch']);
const fullText = new Set(['fts', 'plfts', 'phfts', 'wfts']);
const operatorName = /(?:eq|neq|gte?|lte?|i?like|i?match|isdistinct|is|in|(?:pl|ph|w)?fts|cs|cd|ov|sl|sr|nx[lr]|adj)(?=[.(])/y;
const isTests: ReadonlySet<string> = new Set(['null', 'not_null', 'true', 'false', 'unknown']);

/** The value of a horizontal filter: everything after `op.` is the operand, raw. */
export function parseFilterValue(value: string): { negated: boolean; test: FilterTest } {
  const scanner = createScanner(value, 'filter');
  const negated = scanner.take('not.');
  return { negated, test: parseTest(scanner, (rest) => ({ text: rest, length: rest.length }), value) };
}

type ReadOperand = (rest: string) => { text: string; length: number };

function parseTest(scanner: Scanner, readOperand: ReadOperand, whole: string): FilterTest {
  const operator = scanner.match(operatorName);
  if (operator === null) return scanner.fail('"not" or operator (eq, gt, ...)');
  const modifier = scanner.take('(') ? parseModifier(scanner, operator) : null;
  scanner.expect('.');
  const rest = scanner.text.slice(scanner.position);
  if (operator === 'is') return parseIs(scanner, readOperand(rest));
  if (operator === 'in') {
    const list = readList(rest);
    scanner.position += list.length;
    return { kind: 'in', list: { kind: 'text', text: parseList(list, whole) } };
  }
  const { text, length } = readOperand(rest);
  scanner.position += length;
  const quantifier = modifier === 'any' || modifier === 'all' ? modifier : null;
  const operand = quantifier === null ? text : parseArrayLiteral(text);
  if (operand === null) throw badQuery('filter', whole, scanner.position + 1, 'unexpected value expecting array literal "{...}"');
  const config = fullText.has(operator) ? modifier : null;
  return { kind: 'compare', operator: operator as FilterOperator, operand: { kind: 'text', text: operand }, quantifier, config };
}

function parseModifier(scanner: Scanner, operator: string): string {
  const word = scanner.match(/[A-Za-z_][A-Za-z0-9_]*/y);
  const allowed = fullText.has(operator) || ((word === 'any' || word === 'all') && quantifiable.has(operator));
  if (word === null || !allowed) return scanner.fail(fullText.has(operator) ? 'text search configuration' : '"any" or "all"');
  scanner.expect(')');
  return word;
}

function parseIs(scanner: Scanner, operand: { text: string; length: number }): FilterTest {
  const test = operand.text.toLowerCase();
  if (!isTests.has(test)) return scanner.fail('isVal: (null, not_null, true, false, unknown)');
  scanner.position += operand.length;
  return { kind: 'is', test: test as IsTest };
}

/** The parenthesised list at the start of a text, quotes respected. */
function readList(rest: string): string {
  for (let at = 1; at < rest.length; at += 1) {
    if (rest[at] === '"' && (rest[at - 1] === '(' || rest[at - 1] === ',')) {
      const quoted = readQuoted(rest, at);
      if (quoted !== null && /[,)]/.test(rest[quoted.end] ?? '')) at = quoted.end;
    }
    if (rest[at] === ')') return rest.slice(0, at + 1);
  }
  return rest;
}

/** The value of `and=`, `or=`, `not.and=`, `not.or=`: a parenthesised list of filters and trees. */
export function parseLogic(kind: 'and' | 'or', negated: boolean, text: string): FilterTree {
  const scanner = createScanner(text, 'logic tree');
  const tree = parseGroup(scanner, kind, negated, 0);
  if (!scanner.atEnd()) scanner.fail('end of input');
  return tree;
}

function parseGroup(scanner: Scanner, kind: 'and' | 'or', negated: boolean, depth: number): FilterTree {
  if (depth > maxNesting) scanner.fail(`at most ${maxNesting} levels of nesting`);
  scanner.expect('(');
  const items: FilterTree[] = [];
  do items.push(parseMember(scanner, depth));
  while (scanner.take(','));
  scanner.expect(')');
  return { kind, negated, items };
}

const group = /(?:not\.)?(?:and|or)(?=\()/y;

function parseMember(scanner: Scanner, depth: number): FilterTree {
  scanner.match(/ +/y);
  const word = scanner.match(group);
  if (word !== null) return parseGroup(scanner, word.endsWith('and') ? 'and' : 'or', word.startsWith('not.'), depth + 1);
  const { name, steps } = parseFieldPath(scanner);
  scanner.expect('.');
  const negated = scanner.take('not.');
  return { kind: 'filter', name, steps, negated, test: parseTest(scanner, readMemberOperand, scanner.text) };
}

/** Inside a tree an operand is quoted, an array or range literal, or raw text up to `,` or `)`. */
function readMemberOperand(rest: string): { text: string; length: number } {
  if (rest.startsWith('"')) {
    const quoted = readQuoted(rest, 0);
    if (quoted !== null && /^(?:[,)]|$)/.test(rest.slice(quoted.end))) return { text: quoted.item, length: quoted.end };
  }
  const literal = /^(?:\{[^{}]*\}|[[(][^,()[\]]*,[^,()[\]]*[\])])(?=[,)])/.exec(rest)?.[0];
  if (literal !== undefined) return { text: literal, length: literal.length };
  const text = /^[^,)]*/.exec(rest)?.[0] ?? '';
  return { text, length: text.length };
}
