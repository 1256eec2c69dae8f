/** Settings of one request: what `set_config` set and `current_setting` reads, as plain names and texts. */

import { z } from 'zod';
import type { Connection } from '#lib/engine/database.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/** By lower-case name. Plain data: it crosses to another process as its entries. */
export type Settings = ReadonlyMap<string, string>;

export const noSettings: Settings = new Map();

const maxSettings = 64;
const maxBytes = 64 << 10;
const names = /^[a-z_][\w$]*(?:\.[a-z_][\w$]*)+$/;
/** What says who is asking and what for is bound by the server, and nobody can set it. */
const fixed = /^(?:request|realtime|storage|auth|koyalite)\./;

/** A name a function may set: `response.…`, or one of its own with a dot in it. */
export function isSettable(name: string): boolean {
  return name.length <= 128 && names.test(name) && !fixed.test(name);
}

/** Settings in the making, with a bound on their size. */
export class SettingList {
  private readonly values = new Map<string, string>();

  set(name: string, value: string): void {
    this.values.set(name, value);
    let bytes = 0;
    for (const [key, text] of this.values) bytes += key.length + text.length;
    if (this.values.size <= maxSettings && bytes <= maxBytes) return;
    this.values.clear();
    throw new SqlError({ sqlstate: '54000', message: 'too many settings, or too long ones, for one request' });
  }

  /** Everything set so far as a JSON list of pairs; the list is empty afterwards. */
  take(): string {
    const text = this.values.size === 0 ? '[]' : JSON.stringify([...this.values]);
    this.values.clear();
    return text;
  }
}

const pairsSchema = z.array(z.tuple([z.string(), z.string()]));

/** What the statements since the last call set, over what was set before. */
export function takeSettings(connection: Connection, before: Settings): Settings {
  return parseSettings(connection.value('SELECT koyalite_take_settings()') ?? null, before);
}

/** What `koyalite_take_settings()` gave, over what was set before. */
export function parseSettings(taken: SqlValue, before: Settings): Settings {
  if (typeof taken !== 'string' || taken === '[]') return before;
  return new Map([...before, ...pairsSchema.parse(JSON.parse(taken))]);
}

/** As `:request_settings` is bound: a JSON object, or NULL where nothing is set. */
export function toSettingsJson(settings: Settings): string | null {
  return settings.size === 0 ? null : JSON.stringify(Object.fromEntries(settings));
}

/** Whether running this SQL can set anything. */
export function setsAnything(sql: string): boolean {
  return /\bset_config\b/i.test(sql);
}
