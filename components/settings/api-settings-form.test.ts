/** What the form shows and what it saves are the same settings. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Settings } from '#components/platform/schemas.ts';
import { apiSettingsFormSchema, toForm, toList, toPatch, toSettings } from '#components/settings/api-settings-form.ts';

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);

const settings: fc.Arbitrary<Settings> = fc.record({
  api: fc.record({
    schemas: fc.array(name, { minLength: 1, maxLength: 4 }),
    maxRows: fc.integer({ min: 1, max: 100_000 }),
    aggregates: fc.boolean(),
    safeUpdate: fc.boolean(),
    requireApiKey: fc.boolean(),
    statementTimeoutMs: fc.integer({ min: 10, max: 600_000 }),
    requestsPerMinute: fc.integer({ min: 0, max: 1_000_000 }),
  }),
  cors: fc.record({
    origins: fc.array(fc.constantFrom('*', 'https://app.example.com', 'http://localhost:5173'), { maxLength: 3 }),
  }),
  durability: fc.constantFrom('full', 'fast'),
});

test('settings survive the way through the form', () => {
  fc.assert(
    fc.property(settings, (value) => {
      expect(toSettings(apiSettingsFormSchema.parse(toForm(value)))).toEqual(value);
    }),
  );
});

test('a patch holds what differs and nothing else', () => {
  fc.assert(
    fc.property(settings, settings, (before, after) => {
      const patch = toPatch(before, after);
      expect({
        api: { ...before.api, ...patch.api },
        cors: { ...before.cors, ...patch.cors },
        durability: patch.durability ?? before.durability,
      }).toEqual(after);
      expect(toPatch(after, after)).toEqual({});
    }),
  );
});

test('lists take commas, spaces and lines', () => {
  expect(toList(' public,private\n\n api ,')).toEqual(['public', 'private', 'api']);
});

test.each(['https://app.example.com/', 'app.example.com', 'https://app.example.com/path', 'null'])(
  'refuses the origin %s',
  (origin) => {
    const form = toForm({
      api: {
        schemas: ['public'],
        maxRows: 1,
        aggregates: true,
        safeUpdate: true,
        requireApiKey: false,
        statementTimeoutMs: 10,
        requestsPerMinute: 0,
      },
      cors: { origins: [origin] },
      durability: 'full',
    });
    expect(apiSettingsFormSchema.safeParse(form).success).toBe(false);
  },
);
