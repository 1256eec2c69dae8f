/** The Auth page of the documentation names every setting, with the default it has. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { authSettingsSchema } from '#lib/services/auth/auth-settings.ts';

const page = readFileSync(new URL('../../../docs/docs/auth.md', import.meta.url), 'utf8');
/** Setting → default as written; `<x>` in a name stands for several settings. */
const rows = [...page.matchAll(/^\| `([a-z_<>]+)`\s+\| (.+?)\s+\|/gm)].map(([, name = '', written = '']) => ({ name, written }));
const defaults = Object.entries(authSettingsSchema.parse({}));
const toPattern = (name: string) => new RegExp(`^${name.replace(/<[a-z]+>/g, '[a-z_]+')}$`);

test.each(defaults)('%s is documented with its default', (name, value) => {
  const row = rows.find((candidate) => candidate.name === name) ?? rows.find((candidate) => toPattern(candidate.name).test(name));
  expect(row).toBeDefined();
  const written = row?.written.replaceAll('`', '');
  if (name.startsWith('mfa_') && row?.name !== name) return;
  expect(written).toBe(value === '' ? '—' : typeof value === 'string' ? value : JSON.stringify(value));
});

test('the page names no setting that is not there', () => {
  const settings = rows.filter(({ name }) => name.includes('_') && !/^(hook_|external_<)/.test(name));
  const hooks = /^(before_user_created|custom_access_token|(password|mfa)_verification_attempt)$/;
  const unknown = settings.filter(
    ({ name }) => !hooks.test(name) && !defaults.some(([setting]) => name === setting || toPattern(name).test(setting)),
  );
  expect(unknown).toEqual([]);
});
