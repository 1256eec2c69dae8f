import { expect, test } from 'vitest';
import { createTurns } from '#lib/engine/child/turns.ts';

test('one runs at a time, in order, also after a failure; one too many is refused', async () => {
  const turns = createTurns({ maxWaiting: 2, waitTimeoutMs: 60_000 });
  const ends: ((error?: Error) => void)[] = [];
  const begun: number[] = [];
  const run = (id: number) =>
    turns(
      () =>
        new Promise<number>((resolve, reject) => {
          begun.push(id);
          ends.push((error) => (error === undefined ? resolve(id) : reject(error)));
        }),
    );
  const first = run(1);
  const second = run(2);
  const third = run(3);
  await expect(run(4)).rejects.toMatchObject({ status: 503 });
  expect(begun).toEqual([1]);
  ends[0]?.(new Error('failed'));
  await expect(first).rejects.toThrow('failed');
  await Promise.resolve();
  expect(begun).toEqual([1, 2]);
  ends[1]?.();
  expect(await second).toBe(2);
  await Promise.resolve();
  ends[2]?.();
  expect(await third).toBe(3);
});
