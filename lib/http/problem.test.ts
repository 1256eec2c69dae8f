/** Problems are known by their brand, whichever copy of the module made them. */

import { expect, test } from 'vitest';
import { isProblem, Problem } from '#lib/http/problem.ts';

test('a problem of another copy of the module is one too', () => {
  expect(isProblem(new Problem({ status: 400, code: 'x', message: 'y' }))).toBe(true);
  expect(isProblem(Object.assign(new Error('y'), { [Symbol.for('koyalite.problem')]: true }))).toBe(true);
});

test.each([[new Error('x')], [null], [undefined], ['problem'], [{ status: 400, code: 'x', message: 'y' }]])(
  '%s is none',
  (value) => {
    expect(isProblem(value)).toBe(false);
  },
);

test('what is not given is null or empty, and the cause is kept for the log', () => {
  const problem = new Problem({ status: 400, code: 'x', message: 'y', cause: 'z' });
  expect([problem.details, problem.hint, problem.headers, problem.cause]).toEqual([null, null, [], 'z']);
  expect(JSON.stringify(problem)).not.toContain('"z"');
});
