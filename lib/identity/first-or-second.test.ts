/** Work whose first helpers never get a turn is done by the second, and no other work is. */

import { expect, test, vi } from 'vitest';
import { createFirstOrSecond } from '#lib/identity/first-or-second.ts';

const options = { patienceMs: 20, restMs: 3_600_000 };
const never = () => new Promise(() => undefined);

test('the first helpers answer, also with a refusal', async () => {
  const second = () => Promise.reject(new Error('not asked'));
  const run = createFirstOrSecond<string>({ first: (work) => Promise.resolve(`first ${work}`), second }, options);
  expect(await run('a')).toBe('first a');
  const refusing = createFirstOrSecond<string>({ first: () => Promise.reject(new Error('full')), second }, options);
  await expect(refusing('a')).rejects.toThrow('full');
});

test('first helpers that finish nothing are told so, and the second have the work from then on', async () => {
  const asked: string[] = [];
  const told: boolean[] = [];
  const run = createFirstOrSecond<string>(
    {
      first(work, signal) {
        asked.push(work);
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            told.push(true);
            reject(new Error('no longer wanted'));
          });
        });
      },
      second: (work) => Promise.resolve(`second ${work}`),
    },
    options,
  );
  expect(await Promise.all([run('a'), run('b')])).toEqual(['second a', 'second b']);
  expect(told).toEqual([true, true]);
  expect(await run('c')).toBe('second c');
  expect(asked).toEqual(['a', 'b']);
});

test('the first helpers get work again after the rest', async () => {
  let stuck = true;
  const run = createFirstOrSecond<string>(
    {
      first: (work) => (stuck ? never() : Promise.resolve(`first ${work}`)),
      second: (work) => Promise.resolve(`second ${work}`),
    },
    { patienceMs: 20, restMs: 0 },
  );
  expect(await run('a')).toBe('second a');
  stuck = false;
  expect(await run('b')).toBe('first b');
});

test('a long line before first helpers that get on with it stays theirs', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  try {
    const waiting: (() => void)[] = [];
    const run = createFirstOrSecond<number>(
      {
        first: (work) => new Promise((resolve) => waiting.push(() => resolve(`first ${work}`))),
        second: (work) => Promise.resolve(`second ${work}`),
      },
      options,
    );
    const answers = [1, 2, 3, 4, 5].map(run);
    for (const done of waiting) {
      await vi.advanceTimersByTimeAsync(15);
      done();
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5].map((work) => `first ${work}`));
  } finally {
    vi.useRealTimers();
  }
});
