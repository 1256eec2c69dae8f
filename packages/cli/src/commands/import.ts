/** `koyalite import …`: brings an existing database into an environment. */

import { openAsBlob } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { toTable } from '../output.ts';
import { path } from '../platform-api.ts';

const header = 'SQLite format 3\0';

export function addImport(program: Command, bind: Bind): void {
  const group = program.command('import').description('bring existing data into an environment');
  group
    .command('sqlite <ref> <file>')
    .description('copy every table, index, view and trigger of a SQLite file')
    .action(bind(importSqlite));
}

async function importSqlite({ api, output }: Context, ref: string, file: string): Promise<void> {
  const blob = await open(file);
  if (blob === null) throw new CliError(`cannot read ${file}`);
  const start = await blob
    .slice(0, header.length)
    .text()
    .catch(() => '');
  if (start !== header) throw new CliError(`${file} is not a SQLite database`, 'encrypted databases must be decrypted first');
  const schema = z.object({ tables: z.array(z.object({ name: z.string(), rows: z.number() })) });
  const imported = await api.call(path`/projects/${ref}/database/import`, schema, { method: 'POST', raw: blob });
  const rows = imported.tables.map((table) => [table.name, table.rows]);
  output.print(imported, () => toTable(['table', 'rows'], rows));
}

/** Null when there is no such file: `openAsBlob` throws at once instead of rejecting. */
async function open(file: string): Promise<Blob | null> {
  try {
    return await openAsBlob(file);
  } catch {
    return null;
  }
}
