/** A compiled statement: SQL text with named parameters, and where each parameter's value comes from. */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import type { Operand, RequestValue } from '#lib/engine/plan/plan.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/** Turns what the request spelled into what SQLite stores; throws a SqlError when it is no value of the type. */
export type Encode = (value: RequestValue) => SqlValue;

export interface Bind {
  /** Parameter name without the colon. */
  readonly name: string;
  readonly operand: Operand;
  readonly encode: Encode;
}

export interface Statement {
  readonly sql: string;
  readonly binds: readonly Bind[];
  /** Aliases and names in the SQL → the table they stand for: how a query plan is read back. */
  readonly tables: ReadonlyMap<string, Table>;
  /** True when a filter may visit rows it does not return; without one, a scan ends at its limit. */
  readonly filtered: boolean;
  /** Whether it reads `current_setting('request.…')`: only then are a request's headers serialised. */
  readonly readsRequest: boolean;
}

/** Collects parameters and aliases while SQL is written. */
export interface Emitter {
  readonly catalog: Catalog;
  readonly walled: ReadonlySet<string>;
  /** The zone moments are printed in; null = UTC, as they are stored. */
  readonly timezone: string | null;
  /** A parameter for this operand, `:p0`; the same operand and encoder share one. */
  bind(operand: Operand, encode: Encode): string;
  /** A fresh alias that no other relation of the statement has. */
  alias(table: Table | null): string;
  note(alias: string, table: Table): void;
  markFiltered(): void;
  finish(sql: string): Statement;
}

export function createEmitter(catalog: Catalog, walled: ReadonlySet<string>, timezone: string | null = null): Emitter {
  const binds: Bind[] = [];
  const tables = new Map<string, Table>();
  let aliases = 0;
  let filtered = false;
  return {
    catalog,
    walled,
    timezone,
    bind(operand, encode) {
      const known = binds.find((bind) => bind.operand === operand && bind.encode === encode);
      if (known !== undefined) return `:${known.name}`;
      const name = `p${binds.length}`;
      binds.push({ name, operand, encode });
      return `:${name}`;
    },
    alias(table) {
      const name = `e${aliases++}`;
      if (table !== null) tables.set(name, table);
      return name;
    },
    note(alias, table) {
      tables.set(alias, table);
    },
    markFiltered() {
      filtered = true;
    },
    finish: (sql) => ({ sql, binds, tables, filtered, readsRequest: sql.includes(':request_') }),
  };
}
