/** Opens the control database: Prisma over better-sqlite3, durable on every connection. */

import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { type Prisma, PrismaClient } from '#generated/client.ts';
import { migrate } from '#lib/control/migrate.ts';

export type ControlDatabase = PrismaClient;

/** What a function needs that runs inside or outside a transaction. */
export type ControlConnection = Prisma.TransactionClient;

/** A reopened WAL database silently gets `synchronous=NORMAL`, so every connection sets it and checks. */
class DurableSqlite extends PrismaBetterSqlite3 {
  override async connect() {
    const connection = await super.connect();
    await connection.executeScript(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF',
    );
    const answer = await connection.queryRaw({ sql: 'PRAGMA synchronous', args: [], argTypes: [] });
    if (Number(answer.rows[0]?.[0]) !== 2) throw new Error('The control database does not accept synchronous=FULL.');
    return connection;
  }
}

/** Makes, migrates and opens `<home>/control.db`. */
export async function openControlDatabase(file: string): Promise<ControlDatabase> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Hashes and sealed secrets: for the owner's eyes alone, -wal and -shm included (SQLite copies the mode).
  if (!existsSync(file)) writeFileSync(file, '', { mode: 0o600 });
  chmodSync(file, 0o600);
  migrate(file);
  const database = new PrismaClient({ adapter: new DurableSqlite({ url: `file:${file}`, timeout: 20 }), log: [] });
  await database.$connect();
  return database;
}
