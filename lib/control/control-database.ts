/** Opens the control database. */

import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Prisma, PrismaClient } from '#generated/client.ts';
import { migrate } from '#lib/control/migrate.ts';
import { SerialSqlite } from '#lib/control/serial-sqlite.ts';

export type ControlDatabase = PrismaClient;

/** Inside `database.$transaction(async (transaction) => …)`. Never use the outer database in there: it waits for the transaction. */
export type ControlTransaction = Prisma.TransactionClient;

/** Makes, migrates and opens `<home>/control.db`. */
export async function openControlDatabase(file: string): Promise<ControlDatabase> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Hashes and sealed secrets: for the owner's eyes alone, -wal and -shm included (SQLite copies the mode).
  if (!existsSync(file)) writeFileSync(file, '', { mode: 0o600 });
  chmodSync(file, 0o600);
  await migrate(file);
  const database = new PrismaClient({ adapter: new SerialSqlite(file), log: [] });
  await database.$connect();
  return database;
}
