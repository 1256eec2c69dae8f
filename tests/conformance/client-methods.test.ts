/** The documentation's table of the client's methods is the one the cases make; set `UPDATE=1` to write it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adminMethodCases } from './auth/admin-method.cases.ts';
import { factorMethodCases, passkeyMethodCases } from './auth/factor-method.cases.ts';
import { customProviderMethodCases, oauthMethodCases } from './auth/oauth-method.cases.ts';
import { sessionMethodCases, signInMethodCases } from './auth/session-method.cases.ts';
import { filterMethodCases } from './rest/filter-method.cases.ts';
import { queryMethodCases } from './rest/query-method.cases.ts';

const file = join(import.meta.dirname, '../../docs/docs/reference/client-methods.md');

interface Method {
  readonly method: string;
  readonly difference?: string;
}

const groups: Readonly<Record<string, readonly Method[]>> = {
  'Data: the client, `schema()`, `from()` and queries': queryMethodCases,
  'Data: filters of a query': filterMethodCases,
  'Signing up and in': signInMethodCases,
  'Session and user': sessionMethodCases,
  'Second factors': factorMethodCases,
  Passkeys: passkeyMethodCases,
  Administration: adminMethodCases,
  'Identity providers of your own': customProviderMethodCases,
  'OAuth server': oauthMethodCases,
};

function toPage(): string {
  const all = Object.values(groups).flat();
  const different = all.filter(({ difference }) => difference !== undefined);
  const sections = Object.entries(groups).map(([title, cases]) => {
    const plain = cases.filter(({ difference }) => difference === undefined).map(({ method }) => `\`${method}\``);
    const rows = cases.flatMap(({ method, difference }) =>
      difference === undefined ? [] : [`| \`${method}\` | ${difference} |`],
    );
    const table = rows.length === 0 ? '' : `\n\n| method | what differs |\n| --- | --- |\n${rows.join('\n')}`;
    return `## ${title}\n\n${plain.length === 0 ? '' : `As in Supabase: ${plain.join(', ')}.`}${table}`.replace(
      '\n\n\n\n',
      '\n\n',
    );
  });
  return `---
title: Client methods
---

# Which methods of supabase-js work

Made from the cases in \`tests/conformance\`, which call every public data and auth method of the unmodified client: ${all.length} in all.
${all.length - different.length} answer as in Supabase; ${different.length} differ, and say how. Why, and what else differs:
[REST differences](./rest-differences.md) and [Auth](../auth.md#differences-from-supabase).

${sections.join('\n\n')}
`;
}

test('the documentation names every method', () => {
  if (process.env.UPDATE === '1') writeFileSync(file, toPage());
  expect(readFileSync(file, 'utf8')).toBe(toPage());
});
