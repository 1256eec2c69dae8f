/** The API settings as the form edits them: lists as text, one entry per line or comma. */

import { z } from 'zod';
import type { Settings } from '#components/platform/schemas.ts';

const whole = (min: number, max: number) =>
  z.coerce
    .number<string | number>('Enter a number.')
    .int('Enter a whole number.')
    .min(min, `At least ${min.toLocaleString('en')}.`)
    .max(max, `At most ${max.toLocaleString('en')}.`);

/** `public, private` → `['public', 'private']`. */
export function toList(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((entry) => entry.trim())
    .filter(Boolean);
}

function isOrigin(text: string): boolean {
  if (text === '*') return true;
  return URL.canParse(text) && new URL(text).origin === text;
}

export const apiSettingsFormSchema = z.object({
  schemas: z.string().refine((text) => toList(text).length > 0, 'Name at least one schema.'),
  maxRows: whole(1, 100_000),
  statementTimeoutMs: whole(10, 600_000),
  requestsPerMinute: whole(0, 10_000_000),
  origins: z
    .string()
    .refine((text) => toList(text).every(isOrigin), 'Each must be an origin such as https://app.example.com, or *.'),
  aggregates: z.boolean(),
  safeUpdate: z.boolean(),
  requireApiKey: z.boolean(),
  durability: z.enum(['full', 'fast']),
});

export type ApiSettingsForm = z.infer<typeof apiSettingsFormSchema>;

export function toForm({ api, cors, durability }: Settings): ApiSettingsForm {
  return {
    schemas: api.schemas.join(', '),
    maxRows: api.maxRows,
    statementTimeoutMs: api.statementTimeoutMs,
    requestsPerMinute: api.requestsPerMinute,
    origins: cors.origins.join('\n'),
    aggregates: api.aggregates,
    safeUpdate: api.safeUpdate,
    requireApiKey: api.requireApiKey,
    durability,
  };
}

export type SettingsPatch = {
  api?: Partial<Settings['api']>;
  cors?: Partial<Settings['cors']>;
  durability?: Settings['durability'];
};

/** Only what differs, since the audit log names every setting that is sent. */
export function toPatch(before: Settings, after: Settings): SettingsPatch {
  const api = toChanges(before.api, after.api);
  const cors = toChanges(before.cors, after.cors);
  return {
    ...(Object.keys(api).length > 0 ? { api } : {}),
    ...(Object.keys(cors).length > 0 ? { cors } : {}),
    ...(before.durability === after.durability ? {} : { durability: after.durability }),
  };
}

function toChanges<T extends object>(before: T, after: T): Partial<T> {
  const changes: Partial<T> = { ...after };
  for (const name of Object.keys(after) as (keyof T)[]) {
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) delete changes[name];
  }
  return changes;
}

export function toSettings({ schemas, origins, durability, ...api }: ApiSettingsForm): Settings {
  return { api: { ...api, schemas: toList(schemas) }, cors: { origins: toList(origins) }, durability };
}
