/** The first operator is found in whatever form the log tells it. */

import { expect, test } from 'vitest';
import { findOperator } from './running-server.ts';

const operator = { email: 'admin@koyalite.local', password: 'abcde-23456-FGHab-zzzzz' };

test.each([
  ['plain lines', 'first start\n  e-mail    admin@koyalite.local\n  password  abcde-23456-FGHab-zzzzz\n'],
  ['JSON lines', '{"level":30,"operator":{"email":"admin@koyalite.local","password":"abcde-23456-FGHab-zzzzz"}}\n'],
])('in %s', (_name, log) => {
  expect(findOperator(log)).toEqual(operator);
});

test('not before both are there', () => {
  expect(findOperator('admin@koyalite.local\n')).toBeNull();
  expect(findOperator('request 123e4567-e89b-12d3-a456-426614174000 by admin@koyalite.local')).toBeNull();
});
