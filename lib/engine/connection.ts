/** A synchronous connection with its prepared statements cached by text. */

import { LRUCache } from 'lru-cache';
import type { Bindable, Connection, Row } from '#lib/engine/database.ts';
import type { SqliteHandle, SqliteStatement } from '#lib/engine/open-file.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export interface CachingConnection extends Connection {
  readonly handle: SqliteHandle;
  /** The prepared statement for this text, shared by everyone on this connection. */
  prepare(sql: string): SqliteStatement;
}

const maxStatements = 1000;

export function createConnection(handle: SqliteHandle): CachingConnection {
  const statements = new LRUCache<string, SqliteStatement>({ max: maxStatements });
  const tuples = new LRUCache<string, SqliteStatement>({ max: maxStatements });
  const values = new LRUCache<string, SqliteStatement>({ max: maxStatements });

  function cached(cache: typeof statements, sql: string, make: () => SqliteStatement): SqliteStatement {
    const hit = cache.get(sql);
    if (hit !== undefined) return hit;
    const statement = make();
    cache.set(sql, statement);
    return statement;
  }

  const prepare = (sql: string): SqliteStatement => cached(statements, sql, () => handle.prepare(sql));
  return {
    handle,
    prepare,
    all(sql, ...bound: Bindable[]) {
      const statement = prepare(sql);
      if (statement.reader) return statement.all(...bound) as Row[];
      statement.run(...bound);
      return [];
    },
    once: (sql, ...bound: Bindable[]) => handle.prepare(sql).all(...bound) as Row[],
    get: (sql, ...bound: Bindable[]) => prepare(sql).get(...bound) as Row | undefined,
    value: (sql, ...bound: Bindable[]) =>
      cached(values, sql, () => handle.prepare(sql).pluck()).get(...bound) as SqlValue | undefined,
    tuple: (sql, ...bound: Bindable[]) =>
      cached(tuples, sql, () => handle.prepare(sql).raw()).get(...bound) as SqlValue[] | undefined,
    run: (sql, ...bound: Bindable[]) => prepare(sql).run(...bound),
    exec: (sql) => {
      handle.exec(sql);
    },
  };
}
