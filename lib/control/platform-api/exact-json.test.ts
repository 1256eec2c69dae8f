import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printJson, toExactJson } from '#lib/control/platform-api/exact-json.ts';

test('what is printed in steps is what is printed at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect(await printJson({ value, left: undefined, out: [undefined, 12345678901234567890n] })).toBe(
        toExactJson({ value, out: [null, 12345678901234567890n] }),
      );
    }),
  );
});

test('a long text is cut between characters', async () => {
  const text = `x${'\u{1F600}"\n'.repeat(600_000)}`;
  expect(await printJson([text])).toBe(JSON.stringify([text]));
});
