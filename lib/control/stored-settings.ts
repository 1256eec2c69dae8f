/** Environment settings as kept (only what differs from the defaults) and how a patch changes them. */

import { z } from 'zod';
import type { MasterKey } from '#lib/control/master-key.ts';
import { openSecrets } from '#lib/control/sealed-settings.ts';
import { Problem } from '#lib/http/problem.ts';
import { type EnvironmentSettings, environmentSettingsSchema } from '#lib/identity/environment-settings.ts';

const jsonObject = z.record(z.string(), z.unknown());
export type JsonObject = z.infer<typeof jsonObject>;

/** The whole settings, defaults filled in; null when the stored text does not parse any more. */
export function parseStoredSettings(stored: string): EnvironmentSettings | null {
  try {
    return environmentSettingsSchema.parse(JSON.parse(stored));
  } catch {
    return null;
  }
}

/** The same with its secrets opened, for the data plane; null also when one was sealed under another key. */
export function openStoredSettings(masterKey: MasterKey, environmentId: string, stored: string): EnvironmentSettings | null {
  const settings = parseStoredSettings(stored);
  if (settings === null) return null;
  try {
    return { ...settings, auth: openSecrets(masterKey, environmentId, settings.auth) };
  } catch {
    return null;
  }
}

/**
 * The stored text after a patch: objects merge by key, null returns a setting to its default, everything else replaces.
 * 400 for an unknown setting or a value out of range; nothing is dropped in silence.
 */
export function patchStoredSettings(stored: string, patch: JsonObject): string {
  const merged = merge(jsonObject.parse(JSON.parse(stored)), patch);
  const result = environmentSettingsSchema.safeParse(merged);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw invalidSettings(`${issue?.path.join('.') ?? 'settings'}: ${issue?.message ?? 'invalid'}`);
  }
  const unknown = findUnknown(merged, result.data, '');
  if (unknown !== null) throw invalidSettings(`There is no setting "${unknown}".`);
  return JSON.stringify(merged);
}

/** 400 for settings that may not be. */
export function invalidSettings(message: string): Problem {
  return new Problem({ status: 400, code: 'invalid_settings', message });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  // Without a prototype, so that `__proto__` is a name like any other (and then an unknown setting).
  const merged: JsonObject = Object.assign(Object.create(null), target);
  for (const [name, value] of Object.entries(patch)) {
    const before = merged[name];
    if (value === null) delete merged[name];
    else merged[name] = isObject(value) ? merge(isObject(before) ? before : {}, value) : value;
  }
  return merged;
}

/** The path of a key that parsing would drop. */
function findUnknown(given: JsonObject, parsed: JsonObject, path: string): string | null {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(parsed, name)) return `${path}${name}`;
    const kept = parsed[name];
    const inner = isObject(value) && isObject(kept) ? findUnknown(value, kept, `${path}${name}.`) : null;
    if (inner !== null) return inner;
  }
  return null;
}
