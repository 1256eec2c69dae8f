/** A trial's verdicts in words: what decided, and why nothing passes. */

import { expect, test } from 'vitest';
import type { Trial } from '#components/platform/use-policies.ts';
import { toOverall, toReason, toSummary } from '#components/policies/trial-words.ts';

const policy = (name: string, command: 'select' | 'update', permissive = true) => ({
  name,
  command,
  permissive,
  expression: 'x',
});
const trial = (more: Partial<Trial>): Trial => ({
  columns: [],
  policies: [],
  walled: true,
  granted: true,
  scanned: 10,
  allowed: 2,
  rows: [],
  ...more,
});
const row = (allowed: boolean, ...verdicts: boolean[]) => ({ values: [], allowed, verdicts });

test('a read is admitted by a permissive policy and stopped by a restrictive one', () => {
  const asked = trial({ policies: [policy('team', 'select'), policy('open', 'select'), policy('level', 'select', false)] });
  expect(toReason(asked, row(true, true, true, true), 'select')).toBe('by team, open');
  expect(toReason(asked, row(false, true, false, false), 'select')).toBe('stopped by level');
  expect(toReason(asked, row(false, false, false, true), 'select')).toBe('no policy admits it');
});

test('a change has to pass the policies for reading too', () => {
  const asked = trial({ policies: [policy('mine', 'update'), policy('seen', 'select')] });
  expect(toReason(asked, row(true, true, true), 'update')).toBe('by mine; by seen (select)');
  expect(toReason(asked, row(false, true, false), 'update')).toBe('no policy admits it (select)');
  expect(toReason(asked, row(false, false, true), 'update')).toBe('no policy admits it');
  expect(toReason(trial({ policies: [policy('mine', 'update')] }), row(false, true), 'update')).toBe(
    'it cannot be seen (select)',
  );
});

test('what holds for all rows is said once', () => {
  const question = { as: 'anon', table: 'public.notes', command: 'select' as const };
  expect(toSummary(trial({}), question)).toBe('anon may read 2 of 10 rows');
  expect(toSummary(trial({ scanned: 1, allowed: 1 }), { ...question, command: 'insert' })).toBe(
    'anon could have added 1 of 1 row as they are',
  );
  expect(toOverall(trial({}), question)).toBe('No permissive policy is for SELECT and anon: nothing passes.');
  expect(toOverall(trial({ policies: [policy('p', 'select')] }), question)).toBeNull();
  expect(toOverall(trial({ walled: false }), question)).toMatch(/does not apply/);
  expect(toOverall(trial({ granted: false }), question)).toMatch(/no privilege/);
});
