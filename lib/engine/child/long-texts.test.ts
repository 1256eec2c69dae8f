import { expect, test } from 'vitest';
import { joinParts, sendAhead } from '#lib/engine/child/long-texts.ts';

test('long texts go ahead in parts and come back in their places', () => {
  const long = `x${'\u{1F600}'.repeat(1_500_000)}`;
  const value = { rows: [[long, 1n, null, new Uint8Array([1])]], outcomes: [{ document: 'short' }, { document: `${long}y` }] };
  const parts: string[] = [];
  const sent = sendAhead(value, (part) => parts.push(part));
  expect(JSON.stringify(sent, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item)).length).toBeLessThan(
    500,
  );
  expect(parts.every((part) => part.length <= 1 << 20)).toBe(true);
  expect(joinParts(sent, parts)).toEqual(value);
});
