/** Long work has pauses; short work has none. */

import { expect, test } from 'vitest';
import { atOnce, inSteps } from '#lib/engine/run/in-steps.ts';

function* work(steps: number): Generator<void, number> {
  for (let step = 0; step < steps; step += 1) {
    // So long that every step ends a turn.
    for (const startedMs = performance.now(); performance.now() - startedMs < 10; );
    yield;
  }
  return steps;
}

test('others have their turn between two steps', async () => {
  let turns = 0;
  const count = () => {
    turns += 1;
    if (turns < 5) setImmediate(count);
  };
  setImmediate(count);
  expect(await inSteps(work(6))).toBe(6);
  expect(turns).toBe(5);
});

test('what is done at once is no promise', () => {
  expect(inSteps(work(0))).toBe(0);
  expect(atOnce(work(2))).toBe(2);
});

test('what a step throws is thrown where it is waited for', async () => {
  function* failing(): Generator<void, number> {
    yield* work(2);
    throw new Error('failed');
  }
  await expect(inSteps(failing())).rejects.toThrow('failed');
});
