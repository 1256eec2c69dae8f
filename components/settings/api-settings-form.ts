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

/** `Cache-Control: no-store`, one on a line; null for a line that is none. */
export function toHeaders(text: string): Record<string, string> | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*?)\s*$/.exec(line));
  const found = pairs.flatMap((pair) => (pair ? [[pair[1] ?? '', pair[2] ?? ''] as const] : []));
  return found.length === lines.length ? Object.fromEntries(found) : null;
}

/** The server's own business, which it refuses. */
const reservedHeader = /^(content-length|transfer-encoding|connection|set-cookie|host|upgrade|trailer)$/i;
const mebibyte = 1 << 20;

export const apiSettingsFormSchema = z.object({
  schemas: z.string().refine((text) => toList(text).length > 0, 'Name at least one schema.'),
  maxRows: whole(1, 100_000),
  statementTimeoutMs: whole(10, 600_000),
  requestsPerMinute: whole(0, 10_000_000),
  origins: z
    .string()
    .refine((text) => toList(text).every(isOrigin), 'Each must be an origin such as https://app.example.com, or *.'),
  bodyLimitMib: z.coerce
    .number<string | number>('Enter a number.')
    .min(1024 / mebibyte, 'At least 1 KiB.')
    .max(1024, 'At most 1,024.'),
  responseHeaders: z
    .string()
    .refine((text) => toHeaders(text) !== null, 'Write each as Name: value, on a line of its own.')
    .refine(
      (text) => !Object.keys(toHeaders(text) ?? {}).some((name) => reservedHeader.test(name)),
      'Framing and cookies are the server’s own business.',
    )
    .refine((text) => /^[\t\n\x20-\x7e\x80-\xff]*$/.test(text), 'Headers hold no such characters.'),
  rateLimits: z
    .array(
      z.object({
        service: z.string(),
        per: z.enum(['address', 'user', 'route']),
        requests: whole(1, 10_000_000),
        seconds: whole(1, 86_400),
      }),
    )
    .max(20, 'At most 20.'),
  aggregates: z.boolean(),
  txOverride: z.boolean(),
  plan: z.boolean(),
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
    bodyLimitMib: api.bodyLimitBytes / mebibyte,
    responseHeaders: Object.entries(api.responseHeaders)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
    rateLimits: api.rateLimits,
    aggregates: api.aggregates,
    txOverride: api.txOverride,
    plan: api.plan,
    safeUpdate: api.safeUpdate,
    requireApiKey: api.requireApiKey,
    durability,
  };
}

export type SettingsPatch = {
  api?: Partial<Omit<Settings['api'], 'responseHeaders'>> & { responseHeaders?: Record<string, string | null> };
  cors?: Partial<Settings['cors']>;
  durability?: Settings['durability'];
};

/** Only what differs, since the audit log names every setting that is sent. */
export function toPatch(before: Settings, after: Settings): SettingsPatch {
  const { responseHeaders: headers, ...changes } = toChanges(before.api, after.api);
  const api =
    headers === undefined ? changes : { ...changes, responseHeaders: toHeaderPatch(before.api.responseHeaders, headers) };
  const cors = toChanges(before.cors, after.cors);
  return {
    ...(Object.keys(api).length > 0 ? { api } : {}),
    ...(Object.keys(cors).length > 0 ? { cors } : {}),
    ...(before.durability === after.durability ? {} : { durability: after.durability }),
  };
}

/** Objects merge: what is gone has to be sent as null. */
function toHeaderPatch(before: Record<string, string>, after: Record<string, string>): Record<string, string | null> {
  const gone = Object.keys(before).filter((name) => !(name in after));
  const changed = Object.entries(after).filter(([name, value]) => before[name] !== value);
  return { ...Object.fromEntries(gone.map((name) => [name, null])), ...Object.fromEntries(changed) };
}

function toChanges<T extends object>(before: T, after: T): Partial<T> {
  const changes: Partial<T> = { ...after };
  for (const name of Object.keys(after) as (keyof T)[]) {
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) delete changes[name];
  }
  return changes;
}

export function toSettings({ schemas, origins, durability, responseHeaders, bodyLimitMib, ...api }: ApiSettingsForm): Settings {
  const bodyLimitBytes = Math.round(bodyLimitMib * mebibyte);
  const headers = toHeaders(responseHeaders) ?? {};
  return {
    api: { ...api, schemas: toList(schemas), bodyLimitBytes, responseHeaders: headers },
    cors: { origins: toList(origins) },
    durability,
  };
}
