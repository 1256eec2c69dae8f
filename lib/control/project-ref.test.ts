import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProjectRef, toEnvironmentRef, toProjectRef } from '#lib/control/project-ref.ts';

test.each([
  ['My Shop!', 'my-shop'],
  ['  Übergrößen GmbH & Co.  ', 'ubergro-en-gmbh-co'],
  ['2024 report', 'report'],
  ['a-b', 'a-b'],
  ['x'.repeat(60), 'x'.repeat(32)],
])('the name %j suggests the ref %j', (name, ref) => {
  expect(toProjectRef(name)).toBe(ref);
});

test.each([
  '',
  'a',
  'A',
  'Shop',
  '1shop',
  '-shop',
  'shop-',
  'sh--op',
  'shöp',
  'shop_1',
  'shop.',
  '../x',
  'x'.repeat(42),
  'shop\n',
])('the ref %j is refused', (ref) => {
  expect(() => parseProjectRef(ref)).toThrow(expect.objectContaining({ status: 400, code: 'invalid_ref' }));
});

test.each(['platform', 'health', 'metrics', 'api', 'www'])('the word %j is reserved', (ref) => {
  expect(() => parseProjectRef(ref)).toThrow(expect.objectContaining({ status: 400, code: 'reserved_ref' }));
});

test.each([
  ['staging', 'shop-staging'],
  ['PR 42', 'shop-pr-42'],
  ['feature/one two three four', 'shop-feature-one-two-thre'],
])('the environment %j gets the ref %j', (name, ref) => {
  expect(toEnvironmentRef('shop', name)).toBe(ref);
});

test('whatever the names, a ref is a host label and a safe folder name, or the name is refused with 400', () => {
  const label = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (project, environment) => {
      try {
        const ref = toProjectRef(project);
        expect(ref).toMatch(label);
        expect(toEnvironmentRef(ref, environment)).toMatch(label);
      } catch (error) {
        expect(error).toMatchObject({ status: 400 });
      }
    }),
    { numRuns: 500 },
  );
});
