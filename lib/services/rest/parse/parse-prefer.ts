/** The `Prefer` header: what the client wants beyond the URL. */

import { restProblem } from '#lib/services/rest/respond/rest-error.ts';

export interface Preferences {
  resolution: 'merge-duplicates' | 'ignore-duplicates' | null;
  missing: 'default' | 'null' | null;
  return: 'minimal' | 'headers-only' | 'representation' | null;
  count: 'exact' | 'planned' | 'estimated' | null;
  tx: 'commit' | 'rollback' | null;
  handling: 'strict' | 'lenient' | null;
  timezone: string | null;
  maxAffected: number | null;
}

const choices = {
  resolution: ['merge-duplicates', 'ignore-duplicates'],
  missing: ['default', 'null'],
  return: ['minimal', 'headers-only', 'representation'],
  count: ['exact', 'planned', 'estimated'],
  tx: ['commit', 'rollback'],
  handling: ['strict', 'lenient'],
} as const;

const none: Readonly<Preferences> = Object.freeze({
  resolution: null,
  missing: null,
  return: null,
  count: null,
  tx: null,
  handling: null,
  timezone: null,
  maxAffected: null,
});

/** Unknown preferences are ignored, or refused with PGRST122 under `handling=strict`. The first of a kind wins. */
export function parsePrefer(header: string | null): Readonly<Preferences> {
  if (header === null || header.trim() === '') return none;
  const found: Preferences = { ...none };
  const invalid: string[] = [];
  for (const part of header.split(',')) {
    const preference = part.trim();
    if (preference !== '' && !accept(found, preference)) invalid.push(preference);
  }
  if (found.handling === 'strict' && invalid.length > 0) {
    throw restProblem(400, 'PGRST122', 'Invalid preferences given with handling=strict', {
      details: `Invalid preferences: ${invalid.join(', ')}`,
    });
  }
  return found;
}

function accept(found: Preferences, preference: string): boolean {
  const [name = '', value = ''] = preference.split('=', 2).map((piece) => piece.trim());
  if (name === 'timezone') return setZone(found, value);
  if (name === 'max-affected') {
    if (!/^\d{1,9}$/.test(value)) return false;
    found.maxAffected ??= Number(value);
    return true;
  }
  if (!Object.hasOwn(choices, name)) return false;
  const key = name as keyof typeof choices;
  if (!(choices[key] as readonly string[]).includes(value)) return false;
  if (found[key] === null) Object.assign(found, { [key]: value });
  return true;
}

function setZone(found: Preferences, zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    return false;
  }
  found.timezone ??= zone;
  return true;
}

/** The honoured ones as the `Preference-Applied` header, or null when there are none. */
export function toPreferenceApplied(applied: Partial<Preferences>): string | null {
  const pairs: string[] = [];
  const names = ['resolution', 'missing', 'return', 'count', 'tx', 'handling', 'timezone'] as const;
  for (const name of names) if (applied[name] != null) pairs.push(`${name}=${applied[name]}`);
  if (applied.maxAffected != null) pairs.push(`max-affected=${applied.maxAffected}`);
  return pairs.length === 0 ? null : pairs.join(', ');
}
