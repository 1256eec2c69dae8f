/** What the form shows and what it saves are the same settings. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Settings } from '#components/platform/schemas.ts';
import { apiSettingsFormSchema, toForm, toHeaders, toList, toPatch, toSettings } from '#components/settings/api-settings-form.ts';

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);

const settings: fc.Arbitrary<Settings> = fc.record({
  api: fc.record({
    schemas: fc.array(name, { minLength: 1, maxLength: 4 }),
    maxRows: fc.integer({ min: 1, max: 100_000 }),
    aggregates: fc.boolean(),
    safeUpdate: fc.boolean(),
    txOverride: fc.boolean(),
    plan: fc.boolean(),
    requireApiKey: fc.boolean(),
    statementTimeoutMs: fc.integer({ min: 10, max: 600_000 }),
    bodyLimitBytes: fc.integer({ min: 1024, max: 1 << 30 }),
    requestsPerMinute: fc.integer({ min: 0, max: 1_000_000 }),
    rateLimits: fc.array(
      fc.record({
        service: fc.constantFrom('*', 'rest', 'auth'),
        per: fc.constantFrom('address', 'user', 'route'),
        requests: fc.integer({ min: 1, max: 10_000_000 }),
        seconds: fc.integer({ min: 1, max: 86_400 }),
      }),
      { maxLength: 3 },
    ),
    responseHeaders: fc.dictionary(
      fc.stringMatching(/^X-[A-Za-z]{1,5}$/),
      fc.stringMatching(/^(?:[!-~](?:[ -~]{0,8}[!-~])?)?$/),
      {
        maxKeys: 3,
        noNullPrototype: true,
      },
    ),
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

/** As the server merges: null takes a header away. */
function merge(before: Record<string, string>, patch: Record<string, string | null> = {}): Record<string, string | null> {
  return Object.fromEntries(Object.entries({ ...before, ...patch }).filter(([, value]) => value !== null));
}

test('a patch holds what differs and nothing else', () => {
  fc.assert(
    fc.property(settings, settings, (before, after) => {
      const patch = toPatch(before, after);
      expect({
        api: { ...before.api, ...patch.api, responseHeaders: merge(before.api.responseHeaders, patch.api?.responseHeaders) },
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
        txOverride: false,
        plan: false,
        requireApiKey: false,
        statementTimeoutMs: 10,
        bodyLimitBytes: 1024,
        requestsPerMinute: 0,
        rateLimits: [],
        responseHeaders: {},
      },
      cors: { origins: [origin] },
      durability: 'full',
    });
    expect(apiSettingsFormSchema.safeParse(form).success).toBe(false);
  },
);

test('headers are read line by line, and what is none is refused', () => {
  expect(toHeaders('X-A: 1\n\n x-b:two: parts ')).toEqual({ 'X-A': '1', 'x-b': 'two: parts' });
  expect(toHeaders('no header')).toBeNull();
  expect(toHeaders('Bad Name: x')).toBeNull();
});
