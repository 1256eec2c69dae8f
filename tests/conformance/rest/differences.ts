/** The documentation's page of differences from PostgREST, made of the cases that show one. */

import { join } from 'node:path';
import { subjects } from './cases.ts';

export const differencesFile = join(import.meta.dirname, '../../../docs/docs/reference/rest-differences.md');

export function toDifferencesPage(): string {
  const rows = Object.values(subjects)
    .flat()
    .flatMap((item) => (item.difference === undefined ? [] : [{ difference: item.difference, request: item.request }]));
  const lines = rows.map(({ difference, request }) => `- ${difference} Shown by \`${request.slice(0, 100)}\`.`);
  return `---
title: REST differences
---

# Where REST differs from PostgREST

Made from the conformance cases in \`tests/conformance/rest\`: each sentence is what a case asserts.
Everything else in those cases is as PostgREST answers.

${lines.join('\n')}
`;
}
