/** Opens the control database. */

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Prisma, PrismaClient } from '#generated/client.ts';
import { migrate } from '#lib/control/migrate.ts';
import { SerialSqlite } from '#lib/control/serial-sqlite.ts';
import { createPrivateFile, keepPrivate } from '#lib/engine/private-file.ts';

export type ControlDatabase = PrismaClient;

/** Inside `database.$transaction(async (transaction) => …)`. Never use the outer database in there: it waits for the transaction. */
export type ControlTransaction = Prisma.TransactionClient;

/** Makes, migrates and opens `<home>/control.db`. */
export async function openControlDatabase(file: string): Promise<ControlDatabase> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Hashes and sealed secrets.
  createPrivateFile(file);
  keepPrivate(file);
  await migrate(file);
  const database = new PrismaClient({ adapter: new SerialSqlite(file), log: [] });
  await database.$connect();
  return database;
}
