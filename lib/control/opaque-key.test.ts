import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashKey, isOpaqueKey, makeOpaqueKey } from '#lib/control/opaque-key.ts';

test('every key made is recognised, and no two are alike', () => {
  const keys = Array.from({ length: 200 }, (_, index) => makeOpaqueKey(index % 2 === 0 ? 'publishable' : 'secret'));
  expect(keys.every(isOpaqueKey)).toBe(true);
  expect(new Set(keys).size).toBe(200);
  expect(keys[0]).toMatch(/^sb_publishable_[0-9A-Za-z]{22}_[0-9A-Za-z]{8}$/);
  expect(keys[1]).toMatch(/^sb_secret_[0-9A-Za-z]{22}_[0-9A-Za-z]{8}$/);
});

test('one wrong character anywhere is noticed', () => {
  const key = makeOpaqueKey('secret');
  fc.assert(
    fc.property(fc.nat(key.length - 1), fc.constantFrom(...'0aZ_'), (index, character) => {
      fc.pre(key[index] !== character);
      expect(isOpaqueKey(key.slice(0, index) + character + key.slice(index + 1))).toBe(false);
    }),
  );
  expect(isOpaqueKey(key.replace('secret', 'publishable'))).toBe(false);
});

test('the stored hash is plain SHA-256 in hex, as the data plane computes it', () => {
  expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
