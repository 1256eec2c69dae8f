/** How many bytes a list of rows may have: counting rows says little where one of them can hold megabytes. */

import { LRUCache } from 'lru-cache';
import type { Connection, Database } from '#lib/engine/database.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';
import type { Program } from '#lib/engine/run/read-program.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/** A document of so many bytes is made and sent in about 25 ms. */
const byteLimit = 8 << 20;
const sampledRows = 20;
const rememberedMs = 60_000;

/** What rows of each table have been seen to weigh, by whatever statement: another shape of URL is no way around it. */
const seen = new WeakMap<Database, LRUCache<string, number>>();

export interface RowBytes {
  /** The largest of its limits; infinite without any. */
  most(values: Readonly<Record<string, SqlValue>>): number;
  /** Looks at the newest rows. */
  judge(database: Database): void;
  /** `through`: the rows gone through. */
  isHeavy(values: Readonly<Record<string, SqlValue>>, through: number): boolean;
  observe(database: Database, bytes: number, rows: number): void;
  /** Whatever the rows weigh, as many as it asked for are too much. */
  observeTooMuch(database: Database, values: Readonly<Record<string, SqlValue>>): void;
}

/**
 * Of a statement whose rows become one document. A row found by its key has no list to be in. What a person wrote
 * (`gathers`) may join or put aside all the rows it goes through, whatever its limit.
 */
export function createRowBytes(sql: string, program: Program, gathers = false): RowBytes {
  const limits = [...sql.matchAll(/\bLIMIT (?:(\d+)|\(:(\w+)\+0\))/g)].map(([, count, name]) => ({ count, name }));
  const isList = (limits.length > 0 || gathers) && program.nests.flat().some(({ kind }) => kind === 'table' || kind === 'search');
  const key = program.tables.join('\n');
  let perRow = 0;
  const most = (values: Readonly<Record<string, SqlValue>>) =>
    limits.length === 0
      ? Number.POSITIVE_INFINITY
      : Math.max(1, ...limits.map(({ count, name }) => Number(count ?? values[name ?? ''] ?? 0)));
  const keep = (database: Database, bytes: number) => {
    perRow = Math.max(perRow, bytes);
    const known = seen.get(database) ?? new LRUCache<string, number>({ max: 500, ttl: rememberedMs });
    seen.set(database, known);
    known.set(key, perRow);
  };
  return {
    most,
    judge(database) {
      if (!isList) return;
      const sampled = database.read((connection) => program.tables.map((stored) => sample(connection, database, stored, sql)));
      perRow = Math.max(0, seen.get(database)?.get(key) ?? 0, ...sampled);
    },
    isHeavy(values, through) {
      if (perRow === 0) return false;
      return perRow * Math.max(limits.length === 0 ? 0 : most(values), gathers ? through : 0) > byteLimit;
    },
    observe(database, bytes, rows) {
      if (isList && bytes >= byteLimit) keep(database, bytes / Math.max(1, rows));
    },
    observeTooMuch(database, values) {
      if (isList) keep(database, (byteLimit * 2) / most(values));
    },
  };
}

/** Bytes of a row, of the columns the statement names. Their lengths are kept beside them: nothing long is read. */
function sample(connection: Connection, { catalog }: Database, stored: string, sql: string): number {
  const table = [...catalog.tables.values()].find((item) => item.stored === stored);
  if (table === undefined || table.kind !== 'table' || table.withoutRowid) return 0;
  const named = table.columns.map(({ name }) => quoteName(name)).filter((name) => sql.includes(name));
  if (named.length === 0) return 0;
  const size = named.map((name) => `coalesce(octet_length(${name}), 0)`).join(' + ');
  const newest = `SELECT ${size} AS size FROM main.${quoteName(stored)} ORDER BY rowid DESC LIMIT ${sampledRows}`;
  return Number(connection.value(`SELECT avg(size) FROM (${newest})`) ?? 0);
}
