import { expect, test } from 'vitest';
import { environmentSettingsSchema } from '#lib/identity/environment-settings.ts';

const withHeader = (name: string, value: string) =>
  environmentSettingsSchema.safeParse({ api: { responseHeaders: { [name]: value } } }).success;

test.each([
  ['X-Team', 'blue', true],
  ['X-Team', 'blue\r\nSet-Cookie: a=b', false],
  ['X Team', 'blue', false],
  ['X-Team', 'snow \u2603', false],
  ['Content-Length', '5', false],
  ['set-cookie', 'a=b', false],
])('the header %j: %j may be set: %j', (name, value, allowed) => {
  expect(withHeader(name, value)).toBe(allowed);
});
