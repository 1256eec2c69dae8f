/** Properties of every grammar a client writes in: nothing but a 4xx comes of any text, and what is printed reads back. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PathStep } from '#lib/engine/plan/plan.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';
import { isProblem } from '#lib/http/problem.ts';
import { applyRange } from '#lib/services/rest/parse/apply-range.ts';
import { lexQuery } from '#lib/services/rest/parse/lex-query.ts';
import { parseAccept } from '#lib/services/rest/parse/parse-accept.ts';
import { parsePayload } from '#lib/services/rest/parse/parse-body.ts';
import { type FilterTree, parseFilterValue, parseLogic } from '#lib/services/rest/parse/parse-filter.ts';
import { parseArrayLiteral, parseList } from '#lib/services/rest/parse/parse-list.ts';
import { parseNames, parseOrder } from '#lib/services/rest/parse/parse-order.ts';
import { parsePrefer, toPreferenceApplied } from '#lib/services/rest/parse/parse-prefer.ts';
import { checkLimits, parseQuery } from '#lib/services/rest/parse/parse-request.ts';
import { parseSelect, type SelectItem } from '#lib/services/rest/parse/parse-select.ts';
import { parseTarget } from '#lib/services/rest/parse/parse-target.ts';

/** Whether it ends, or fails as a client's fault. */
function isTotal(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (isProblem(error)) return error.status >= 400 && error.status < 500;
    return isSqlError(error);
  }
}

/** Texts that come close: pieces of the grammars in any order. */
const pieces = fc.constantFrom(
  '(',
  ')',
  ',',
  '.',
  ':',
  '::',
  '!',
  '"',
  '\\',
  '*',
  '...',
  '->',
  '->>',
  '{',
  '}',
  '[',
  ']',
  '%',
  '+',
  '&',
  '=',
  ' ',
  '-',
  '1',
  'a',
  'id',
  'eq',
  'in',
  'is',
  'not',
  'or',
  'and',
  'any',
  'null',
  'order',
  'limit',
  'select',
  'sum()',
  'count()',
  'inner',
  'é',
  '\0',
  '\n',
);
const close = fc.array(pieces, { maxLength: 30 }).map((list) => list.join(''));
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), close);

const grammars: Readonly<Record<string, (input: string) => unknown>> = {
  'the query string': (input) => {
    const lexed = applyRange(lexQuery(input), '0-9');
    checkLimits(lexed);
    return parseQuery(lexed);
  },
  select: parseSelect,
  order: parseOrder,
  columns: (input) => parseNames(input, 'columns parameter'),
  'a filter': parseFilterValue,
  'a logic tree': (input) => parseLogic('or', false, input),
  'a list': (input) => parseList(input, `in.${input}`),
  'an array literal': parseArrayLiteral,
  Accept: parseAccept,
  Prefer: parsePrefer,
  Range: (input) => applyRange(lexQuery('limit=5'), input),
  'a path': (input) => parseTarget(`/${input}`),
  'a JSON body': (input) => parsePayload(Buffer.from(input), 'application/json'),
  'a CSV body': (input) => parsePayload(Buffer.from(input), 'text/csv'),
  'a form': (input) => parsePayload(Buffer.from(input), 'application/x-www-form-urlencoded'),
};

describe('any text is read or refused', () => {
  test.each(Object.entries(grammars))('%s', (_, parse) => {
    fc.assert(
      fc.property(text, (input) => isTotal(() => parse(input))),
      { numRuns: 500 },
    );
  });

  test('bytes that are no text', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => isTotal(() => parsePayload(bytes, 'application/json'))));
  });
});

const word = fc
  .stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
  .filter((name) => !['or', 'and', 'not', 'inner', 'left', 'count', 'sum', 'avg', 'min', 'max'].includes(name));
const odd = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 });
const name = fc.oneof(word, odd);

/** A name as a client writes it: bare where the grammar allows, else quoted. */
function printName(value: string): string {
  return /^[a-z][a-z0-9_]*$/.test(value) ? value : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

const step: fc.Arbitrary<PathStep> = fc.record({ key: fc.oneof(word, fc.integer({ min: -9, max: 9 })), asText: fc.boolean() });
const printSteps = (steps: readonly PathStep[]) => steps.map(({ key, asText }) => `${asText ? '->>' : '->'}${key}`).join('');

describe('what is printed reads back', () => {
  const field: fc.Arbitrary<SelectItem> = fc.record({
    kind: fc.constant('field' as const),
    alias: fc.option(word, { nil: null }),
    name,
    steps: fc.array(step, { maxLength: 3 }),
    cast: fc.option(fc.constantFrom('text', 'int4', 'double precision', 'text[]', 'numeric(10,2)'), { nil: null }),
    aggregate: fc.option(fc.constantFrom('sum' as const, 'avg' as const, 'count' as const, 'min' as const, 'max' as const), {
      nil: null,
    }),
    aggregateCast: fc.constant(null),
  });
  const item: fc.Arbitrary<SelectItem> = fc.letrec<{ item: SelectItem }>((tie) => ({
    item: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'select' },
      field,
      fc.constant<SelectItem>({ kind: 'star' }),
      fc
        .record({
          kind: fc.constant('relation' as const),
          alias: fc.option(word),
          name,
          hint: fc.option(word),
          join: fc.option(fc.constantFrom('inner' as const, 'left' as const)),
          spread: fc.boolean(),
          items: fc.array(tie('item'), { maxLength: 3 }),
        })
        .map((relation) => (relation.spread ? { ...relation, alias: null } : relation)),
    ),
  })).item;

  function printItem(part: SelectItem): string {
    if (part.kind === 'star') return '*';
    const alias = part.alias === null ? '' : `${part.alias}:`;
    if (part.kind === 'field') {
      const cast = part.cast === null ? '' : `::${part.cast}`;
      return `${alias}${printName(part.name)}${printSteps(part.steps)}${cast}${part.aggregate === null ? '' : `.${part.aggregate}()`}`;
    }
    const hint = part.hint === null ? '' : `!${part.hint}`;
    const join = part.join === null ? '' : `!${part.join}`;
    return `${part.spread ? '...' : alias}${printName(part.name)}${hint}${join}(${part.items.map(printItem).join(',')})`;
  }

  test('select', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), (items) => {
        expect(parseSelect(items.map(printItem).join(','))).toEqual(items);
      }),
    );
  });

  const tree: fc.Arbitrary<FilterTree> = fc.letrec<{ tree: FilterTree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'tree' },
      fc.record({
        kind: fc.constant('filter' as const),
        name,
        steps: fc.array(step, { maxLength: 2 }),
        negated: fc.boolean(),
        test: fc.oneof(
          fc.record({
            kind: fc.constant('is' as const),
            test: fc.constantFrom('null' as const, 'true' as const, 'false' as const),
          }),
          fc.record({
            kind: fc.constant('compare' as const),
            operator: fc.constantFrom('eq' as const, 'gte' as const, 'ilike' as const, 'cs' as const),
            operand: fc.record({ kind: fc.constant('text' as const), text: odd }),
            quantifier: fc.constant(null),
            config: fc.constant(null),
          }),
        ),
      }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        negated: fc.boolean(),
        items: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      }),
    ),
  })).tree;

  function printTree(part: FilterTree): string {
    const not = part.negated ? 'not.' : '';
    if (part.kind !== 'filter') return `${not}${part.kind}(${part.items.map(printTree).join(',')})`;
    const value = part.test.kind === 'compare' && part.test.operand.kind === 'text' ? String(part.test.operand.text) : '';
    const quoted = `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    const condition =
      part.test.kind === 'is' ? `is.${part.test.test}` : part.test.kind === 'compare' ? `${part.test.operator}.${quoted}` : '';
    return `${printName(part.name)}${printSteps(part.steps)}.${not}${condition}`;
  }

  test('logic trees', () => {
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 3 }), (items) => {
        expect(parseLogic('or', false, `(${items.map(printTree).join(',')})`)).toEqual({ kind: 'or', negated: false, items });
      }),
    );
  });

  test('lists', () => {
    fc.assert(
      fc.property(fc.array(odd, { minLength: 1, maxLength: 5 }), (items) => {
        const printed = items.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
        expect(parseList(`(${printed.join(',')})`, '')).toEqual(items);
        expect(parseArrayLiteral(`{${printed.join(',')}}`)).toEqual(items);
      }),
    );
  });

  test('orders', () => {
    const term = fc.record({
      relation: fc.option(word),
      name,
      steps: fc.array(step, { maxLength: 2 }),
      descending: fc.boolean(),
      nullsFirst: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 3 }), (terms) => {
        const printed = terms.map((one) => {
          const path = `${printName(one.name)}${printSteps(one.steps)}`;
          const place = one.relation === null ? path : `${one.relation}(${path})`;
          return `${place}.${one.descending ? 'desc' : 'asc'}.${one.nullsFirst ? 'nullsfirst' : 'nullslast'}`;
        });
        expect(parseOrder(printed.join(','))).toEqual(terms);
      }),
    );
  });

  test('names', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        expect(parseNames(names.map(printName).join(','), 'columns parameter')).toEqual(names);
      }),
    );
  });

  test('preferences', () => {
    const preferences = fc.record({
      resolution: fc.option(fc.constantFrom('merge-duplicates' as const, 'ignore-duplicates' as const)),
      missing: fc.option(fc.constantFrom('default' as const, 'null' as const)),
      return: fc.option(fc.constantFrom('minimal' as const, 'headers-only' as const, 'representation' as const)),
      count: fc.option(fc.constantFrom('exact' as const, 'planned' as const, 'estimated' as const)),
      tx: fc.option(fc.constantFrom('commit' as const, 'rollback' as const)),
      handling: fc.option(fc.constantFrom('strict' as const, 'lenient' as const)),
      timezone: fc.option(fc.constantFrom('UTC', 'Europe/Paris')),
      maxAffected: fc.option(fc.nat(999_999)),
    });
    fc.assert(
      fc.property(preferences, (given) => {
        expect(parsePrefer(toPreferenceApplied(given))).toEqual(given);
      }),
    );
  });

  test('CSV', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é'), maxLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 4 }), (rows) => {
        const quote = (value: string) => `"${value.replaceAll('"', '""')}"`;
        const csv = ['x,y', ...rows.map((row) => row.map(quote).join(','))].join('\n');
        const read = Array.from(parsePayload(Buffer.from(csv), 'text/csv').rows, (row) => [row.get('x'), row.get('y')]);
        expect(read).toEqual(rows);
      }),
    );
  });
});
