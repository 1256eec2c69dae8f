/** A function call as plain data, and how it is run: the same in this process and in one that can be killed. */

import type { Connection } from '#lib/engine/database.ts';
import { areResponseSettings } from '#lib/engine/response-settings.ts';
import type { Parameters } from '#lib/engine/run/bind.ts';
import { noSettings, parseSettings, type Settings, takeSettings, toSettingsJson } from '#lib/engine/settings.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export interface Call {
  /** Runs first, in the same transaction; what it sets, the rest reads. */
  readonly first: Call | null;
  /** `Catalog.fileVersion` of the catalog it was compiled with. */
  readonly catalogVersion: string;
  /** Expressions of the arguments that were not given, in order: a later one may be given an earlier one. */
  readonly defaults: readonly CallDefault[];
  /** A STRICT function does nothing when one of these is null. */
  readonly strict: readonly string[];
  readonly before: readonly string[];
  readonly gather: string | null;
  readonly result: string | null;
  /** Claims, request, the arguments given, and the values of filters. */
  readonly parameters: Readonly<Parameters>;
  readonly limits: RowLimits;
  readonly writes: boolean;
  /** Whether it calls `set_config`: then its result has a fourth column, what was set. */
  readonly sets: boolean;
  /** `tx=rollback`: done, answered, undone. */
  readonly rollback: boolean;
}

export interface CallDefault {
  readonly parameter: string;
  readonly sql: string;
}

/** More or other numbers of rows than these undo everything. */
export interface RowLimits {
  readonly maxRows: number | null;
  readonly exactly: number | null;
}

export interface CallOutcome {
  /** False when the limits were broken, or a status or header was set that is none: nothing may be kept of it. */
  readonly kept: boolean;
  readonly rows: number;
  /** Null for a void function. */
  readonly document: string | null;
  readonly total: number | null;
  /** What was set, by name: the function's over its forerunner's. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Runs in the caller's transaction, which is to be undone when nothing is kept. */
export function performCall(connection: Connection, call: Call): CallOutcome {
  let settings = call.first === null ? noSettings : toSettings(performCall(connection, call.first));
  // What an earlier statement left behind is nobody's.
  if (call.sets) takeSettings(connection, noSettings);
  const parameters: Parameters = { ...call.parameters };
  if (settings.size > 0) parameters.request_settings = toSettingsJson(settings);
  const keepSettings = () => {
    if (!call.sets) return;
    settings = takeSettings(connection, settings);
    if (settings.size > 0) parameters.request_settings = toSettingsJson(settings);
  };
  for (const { parameter, sql } of call.defaults) parameters[parameter] = toExact(connection.value(sql, parameters) ?? null);
  const skipped = call.strict.some((name) => parameters[name] === null);
  for (const sql of skipped ? [] : call.before) {
    connection.all(sql, parameters);
    keepSettings();
  }
  if (call.gather !== null) {
    parameters.call_rows = skipped ? '[]' : gather(connection, call.gather, parameters);
    keepSettings();
  }
  const [count, document, total, set] = call.result === null ? [] : (connection.tuple(call.result, parameters) ?? []);
  if (call.sets) settings = parseSettings(set ?? null, settings);
  const rows = Number(count ?? 0);
  return {
    kept: isWithin(call.limits, rows) && areResponseSettings(settings),
    rows,
    document: call.result === null ? null : typeof document === 'string' ? document : 'null',
    total: total == null ? null : Number(total),
    settings: Object.fromEntries(settings),
  };
}

/** As the next call or statement reads them. */
export function toSettings({ settings }: Pick<CallOutcome, 'settings'>): Settings {
  return new Map(Object.entries(settings));
}

export function isWithin({ maxRows, exactly }: RowLimits, rows: number): boolean {
  return (maxRows === null || rows <= maxRows) && (exactly === null || rows === exactly);
}

/** The driver binds every JavaScript number as a REAL; an integer must stay one. */
function toExact(value: SqlValue): SqlValue {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** The rows a data statement returned, as a JSON array of arrays: SQLite cannot select from RETURNING. */
function gather(connection: Connection, sql: string, parameters: Parameters): string {
  const rows = connection.all(sql, parameters).map((row) => Object.values(row).map(toJsonValue));
  return `[${rows.map((row) => `[${row.join(',')}]`).join(',')}]`;
}

function toJsonValue(value: SqlValue): string {
  if (value instanceof Uint8Array) return JSON.stringify(`\\x${Buffer.from(value).toString('hex')}`);
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}
