/** The page of differences is the one the cases make; set `UPDATE=1` to write it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { differencesFile, toDifferencesPage } from './differences.ts';

test('the documentation tells every difference', () => {
  if (process.env.UPDATE === '1') writeFileSync(differencesFile, toDifferencesPage());
  expect(readFileSync(differencesFile, 'utf8')).toBe(toDifferencesPage());
});
