/** The settings for health data: they exist, they fit, and they only ever tighten. */

import { expect, test } from 'vitest';
import { hardenedAuth, toHardening } from '#lib/identity/hardened-auth.ts';

test('hardened settings are a fixed point', () => {
  const first = toHardening({});
  expect(Object.keys(first)).toEqual(Object.keys(hardenedAuth));
  expect(toHardening(first)).toEqual({});
});

test.each([
  ['a limit that is off is tightened', { rate_limit_failed_passwords: 0 }, 5],
  ['a limit that is wide is tightened', { rate_limit_failed_passwords: 10 }, 5],
  ['a limit that is narrow stays', { rate_limit_failed_passwords: 3 }, undefined],
  ['a session without end gets one', { sessions_timebox: 0 }, 43_200],
  ['a short session stays', { sessions_timebox: 600 }, undefined],
  ['a short password is too short', { password_min_length: 14 }, 15],
  ['a long one stays', { password_min_length: 20 }, undefined],
  ['no reuse is the strictest', { security_refresh_token_reuse_interval: 0 }, undefined],
  ['asking outside stays', { password_breach_check: 'hibp' }, undefined],
  ['asking nobody does not', { password_breach_check: 'off' }, 'offline'],
])('%s', (_name, settings, becomes) => {
  const [name = ''] = Object.keys(settings);
  expect(toHardening(settings)[name]).toBe(becomes);
});
