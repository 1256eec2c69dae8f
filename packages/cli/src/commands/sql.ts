/** `koyalite sql …`: runs KoyaLite SQL in an environment, as the operator or as one of its users. */

import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliError, usageError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { toCell, toTable } from '../output.ts';
import { path } from '../platform-api.ts';

const resultSchema = z.object({
  command: z.string(),
  columns: z.array(z.string()),
  types: z.array(z.string().nullable()).default([]),
  rows: z.array(z.array(z.unknown())),
  row_count: z.number(),
  truncated: z.boolean().default(false),
  notices: z.array(z.object({ level: z.string(), message: z.string(), hint: z.string() })).default([]),
});

type Result = z.infer<typeof resultSchema>;

interface SqlOptions {
  file?: string;
  as?: string;
  readOnly?: boolean;
  dryRun?: boolean;
}

export function addSql(program: Command, bind: Bind): void {
  program
    .command('sql <ref> [query]')
    .description('run SQL; `-` reads it from standard input')
    .option('-f, --file <file>', 'read the SQL from a file')
    .option('--as <who>', 'anon, authenticated, service_role, or a user by id or email: row-level security applies')
    .option('--read-only', 'refuse statements that write')
    .option('--dry-run', 'run everything and keep nothing')
    .action(bind(runSql));
}

/** The statement ran: none of these may read like a failure. */
const words: Readonly<Record<string, string>> = { error: 'UNSAFE', warning: 'WARNING' };

async function runSql({ api, output }: Context, ref: string, query: string | undefined, options: SqlOptions): Promise<void> {
  const text = await readSql(output, query, options.file);
  const json = {
    query: text,
    results: 'full',
    ...(options.readOnly === true ? { read_only: true } : {}),
    ...(options.dryRun === true ? { dry_run: true } : {}),
    ...(options.as === undefined ? {} : { as: options.as }),
  };
  const schema = z.object({ results: z.array(resultSchema) });
  const { results } = await api.call(path`/projects/${ref}/database/query`, schema, { method: 'POST', json });
  const forPrograms = results.map(({ command, columns, rows, row_count, truncated, notices }) => {
    const names = toDistinct(columns);
    const objects = rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
    return {
      command,
      columns: names,
      rows: objects,
      row_count,
      ...(truncated ? { truncated } : {}),
      ...(notices.length > 0 ? { notices } : {}),
    };
  });
  // Beside the results, as psql does: a pipe reads rows alone.
  for (const { level, message, hint } of results.flatMap(({ notices }) => notices))
    output.terminal.err(`${words[level] ?? 'NOTICE'}: ${toCell(message)}\n  ${toCell(hint)}\n`);
  output.print({ results: forPrograms }, () => results.map(toText).join('\n\n'));
}

async function readSql(output: Context['output'], query: string | undefined, file: string | undefined): Promise<string> {
  if (file !== undefined && query !== undefined) throw usageError('give the SQL or --file, not both');
  if (file !== undefined) {
    return readFile(file, 'utf8').catch(() => {
      throw new CliError(`cannot read ${file}`);
    });
  }
  if (query === undefined)
    throw usageError('no SQL given', 'koyalite sql <ref> "select 1", --file <file>, or - for standard input');
  return query === '-' ? output.terminal.read() : query;
}

/** Column names made distinct, so that no value is lost when a row becomes an object. */
export function toDistinct(columns: readonly string[]): string[] {
  const taken = new Set(columns);
  const seen = new Set<string>();
  return columns.map((column) => {
    let name = column;
    for (let number = 1; seen.has(name) || (name !== column && taken.has(name)); number += 1) name = `${column}_${number}`;
    seen.add(name);
    return name;
  });
}

function toText(result: Result): string {
  if (result.columns.length === 0) return toTag(result);
  const { columns, types } = result;
  const rows = result.rows.map((row) => row.map((value, index) => (types[index] === 'boolean' ? toWord(value) : value)));
  const table = toTable(columns, rows);
  return result.truncated ? `${table}\nmore rows were cut off by the server's limit` : table;
}

/** SQLite keeps booleans as 0 and 1. */
function toWord(value: unknown): unknown {
  return value === 1 ? 'true' : value === 0 ? 'false' : value;
}

function toTag({ command, row_count }: Result): string {
  return /^(INSERT|UPDATE|DELETE|REPLACE)/.test(command) ? `${command} ${row_count}` : command;
}
