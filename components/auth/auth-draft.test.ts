/** What a form sends is what differs, in the server's own shapes. */

import { expect, test } from 'vitest';
import { findFault, toField, toPatch, toSetting } from '#components/auth/auth-draft.ts';
import { type AuthSetting, authSections } from '#components/auth/auth-sections.ts';

const settings = authSections.flatMap((section) => section.settings);

function get(name: string): AuthSetting {
  const setting = settings.find((one) => one.name === name);
  if (!setting) throw new Error(`no setting ${name}`);
  return setting;
}

test('every setting has one name', () => {
  expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length);
});

test.each([
  ['mailer_autoconfirm', null],
  ['mailer_autoconfirm', true],
  ['password_breach_check', 'hibp'],
  ['uri_allow_list', 'https://a.example/**,https://b.example'],
  ['jwt_exp', 3600],
  ['disable_signup', true],
  ['smtp_host', 'mail.example.com'],
])('%s comes back from its field as %o', (name, value) => {
  expect(toSetting(get(name), toField(get(name), value))).toEqual(value);
});

test('an untouched form sends nothing, a touched one only what differs', () => {
  const config = { site_url: 'https://a.example', jwt_exp: 3600, smtp_pass: '********' };
  const untouched = { site_url: 'https://a.example', jwt_exp: '3600', smtp_pass: '' };
  expect(toPatch(settings, config, untouched)).toEqual({});
  expect(toPatch(settings, config, { ...untouched, jwt_exp: '60', smtp_pass: 'new' })).toEqual({ jwt_exp: 60, smtp_pass: 'new' });
});

test.each([
  ['jwt_exp', '29'],
  ['jwt_exp', '1.5'],
  ['jwt_exp', ''],
  ['site_url', 'example'],
])('%s refuses %o', (name, field) => {
  expect(findFault(get(name), field)).not.toBeNull();
});
