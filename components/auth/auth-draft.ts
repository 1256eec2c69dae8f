/** Between the settings as the server has them and the texts a form holds. */

import type { AuthSetting } from '#components/auth/auth-sections.ts';
import type { AuthConfig } from '#components/platform/use-auth-config.ts';

/** What the fields hold: a switch is a boolean, everything else a text. */
export type AuthDraft = Record<string, string | boolean>;

export function toField(setting: AuthSetting, value: unknown): string | boolean {
  if (setting.kind === 'switch') return value === true;
  if (setting.kind === 'choice') return JSON.stringify(value ?? null);
  if (setting.kind === 'secret') return '';
  const text = value === null || value === undefined ? '' : String(value);
  return setting.kind === 'list' ? text.split(',').filter(Boolean).join('\n') : text;
}

/** What is sent for a field. */
export function toSetting(setting: AuthSetting, field: string | boolean): unknown {
  if (typeof field === 'boolean') return field;
  if (setting.kind === 'choice') return JSON.parse(field);
  if (setting.kind === 'number') return Number(field);
  if (setting.kind === 'list')
    return field
      .split(/[\s,]+/)
      .filter(Boolean)
      .join(',');
  return field.trim();
}

/** Why a field cannot be saved, or null. */
export function findFault(setting: AuthSetting, field: string | boolean): string | null {
  if (setting.kind === 'number') {
    const { min, max } = setting;
    if (!/^\d+$/.test(String(field))) return 'Enter a whole number.';
    if (Number(field) < min || Number(field) > max) return `From ${min} to ${max.toLocaleString('en')}.`;
  }
  if (setting.name === 'site_url' && !URL.canParse(String(field))) return 'Enter an address such as https://app.example.com.';
  return null;
}

/** Only what differs from the server. */
export function toPatch(settings: AuthSetting[], config: AuthConfig, draft: AuthDraft): AuthConfig {
  return Object.fromEntries(
    settings.flatMap((setting): [string, unknown][] => {
      const field = draft[setting.name];
      if (field === undefined || field === toField(setting, config[setting.name])) return [];
      return [[setting.name, toSetting(setting, field)]];
    }),
  );
}
