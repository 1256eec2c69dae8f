import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStoredSettings, patchStoredSettings } from '#lib/control/stored-settings.ts';
import { defaultEnvironmentSettings } from '#lib/identity/environment-settings.ts';

test('a patch changes what it names and keeps the rest', () => {
  const first = patchStoredSettings('{}', { api: { maxRows: 50 }, durability: 'fast' });
  const second = patchStoredSettings(first, { api: { aggregates: false } });
  expect(parseStoredSettings(second)).toEqual({
    ...defaultEnvironmentSettings,
    api: { ...defaultEnvironmentSettings.api, maxRows: 50, aggregates: false },
    durability: 'fast',
  });
});

test('null returns a setting, or a whole group, to its default', () => {
  const stored = patchStoredSettings('{}', { api: { maxRows: 50, plan: true } });
  expect(parseStoredSettings(patchStoredSettings(stored, { api: { maxRows: null } }))?.api).toMatchObject({
    maxRows: 1000,
    plan: true,
  });
  expect(parseStoredSettings(patchStoredSettings(stored, { api: null }))).toEqual(defaultEnvironmentSettings);
});

test('lists are replaced, not merged', () => {
  const stored = patchStoredSettings('{}', { cors: { origins: ['https://a.example', 'https://b.example'] } });
  const patched = patchStoredSettings(stored, { cors: { origins: ['https://c.example'] } });
  expect(parseStoredSettings(patched)?.cors.origins).toEqual(['https://c.example']);
});

test.each([
  ['an unknown group', { nope: 1 }, 'There is no setting "nope".'],
  ['an unknown setting', { api: { nope: true } }, 'There is no setting "api.nope".'],
  ['a value out of range', { api: { maxRows: 0 } }, /^api\.maxRows: /],
  ['a value of another type', { api: { plan: 'yes' } }, /^api\.plan: /],
  ['a group that is no object', { api: 7 }, /^api: /],
])('%s is refused', (_, patch, message) => {
  expect(() => patchStoredSettings('{}', patch)).toThrow(
    expect.objectContaining({ status: 400, message: expect.stringMatching(message) }),
  );
});

test('__proto__ and constructor are names like any other', () => {
  const hostile = JSON.parse('{"__proto__":{"polluted":1},"api":{"__proto__":{"polluted":1}}}');
  expect(() => patchStoredSettings('{}', hostile)).toThrow(expect.objectContaining({ status: 400 }));
  expect(() => patchStoredSettings('{}', { constructor: { prototype: {} } })).toThrow(expect.objectContaining({ status: 400 }));
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test('any JSON patch is either refused with 400 or leaves settings that parse', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('api', 'cors', 'auth', 'durability', 'x'), fc.jsonValue()), (patch) => {
      try {
        expect(parseStoredSettings(patchStoredSettings('{}', { ...patch }))).not.toBeNull();
      } catch (error) {
        expect(error).toMatchObject({ status: 400, code: 'invalid_settings' });
      }
    }),
  );
});

test('stored text that no longer parses is reported, not replaced by defaults', () => {
  expect(parseStoredSettings('{"api":{"maxRows":-1}}')).toBeNull();
  expect(parseStoredSettings('not json')).toBeNull();
});
