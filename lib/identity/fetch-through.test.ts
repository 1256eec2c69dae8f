/** A lent `fetch`: used by everything below the call, by nothing beside it, and by nobody after it. */

import { afterEach, expect, test } from 'vitest';
import { fetchThrough } from '#lib/identity/fetch-through.ts';

const original = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = original;
});

const answering =
  (text: string): typeof fetch =>
  async () =>
    new Response(text);
const ask = async () => (await fetch('http://unreachable.invalid/')).text();

test('two loans at once and the world beside them do not meet', async () => {
  globalThis.fetch = answering('world');
  const later = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return ask();
  };
  const both = [fetchThrough(answering('one'), later), fetchThrough(answering('two'), later)];
  expect(await ask()).toBe('world');
  expect(await Promise.all(both)).toEqual(['one', 'two']);
  expect(await ask()).toBe('world');
});

test('a global fetch that was put over ours is lent all the same', async () => {
  globalThis.fetch = answering('first');
  expect(await fetchThrough(answering('lent'), ask)).toBe('lent');
  globalThis.fetch = answering('second');
  expect(await fetchThrough(answering('lent'), ask)).toBe('lent');
  expect(await ask()).toBe('second');
});

test('the global fetch itself can be lent', async () => {
  globalThis.fetch = answering('world');
  await fetchThrough(answering('lent'), ask);
  expect(await fetchThrough(globalThis.fetch, ask)).toBe('world');
});
