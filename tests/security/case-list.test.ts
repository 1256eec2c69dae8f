/** Every security case has a test with its ID, and the documentation lists them; set `UPDATE=1` to write the page. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CaseTest, findCaseTests, securityCases } from './case-list.ts';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/docs/reference/security-cases.md');
const tests = findCaseTests();

/** Cases about parts that do not exist yet: they are due with the room. */
const waiting = { R19: 'lib/services/realtime', R20: 'lib/services/realtime' };

test.each(Object.keys(securityCases))('%s has a test', (id) => {
  expect(tests.get(id) ?? []).not.toEqual([]);
});

test('no test claims a case that is not on the list', () => {
  expect([...tests.keys()].filter((id) => !(id in securityCases))).toEqual([]);
});

test.each(Object.entries(waiting))('%s waits for %s', (id, room) => {
  expect(existsSync(join(root, room)), `${id} needs a test now`).toBe(false);
});

function toPage(): string {
  const name = ({ title, file }: CaseTest) =>
    `${title.replaceAll('|', '\\|').replaceAll('<', '\\<').replaceAll('{', '\\{')} (\`${file}\`)`;
  const rows = Object.entries(securityCases).map(
    ([id, tries]) => `| ${id} | ${tries} | ${(tests.get(id) ?? []).map(name).join('<br/>')} |`,
  );
  return `---
title: Security cases
---

# What is tried against KoyaLite on every change

Each case is at least one test whose name begins with its ID. A: sign-in. R: row-level security. Q: queries. H: HTTP. T: walls between
projects. L: limits. I: operators. X: secrets and records. D: faults. Row-level security is besides compared with PostgreSQL's on
random policies, rows and statements (\`tests/policy\`).

| case | what is tried | tests |
| --- | --- | --- |
${rows.join('\n')}
`;
}

test('the documentation lists every case', () => {
  if (process.env.UPDATE === '1') writeFileSync(page, toPage());
  expect(readFileSync(page, 'utf8')).toBe(toPage());
});
