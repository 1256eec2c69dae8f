/** What a child process can be asked to do, as plain data that crosses a pipe, and what it answers. */

import { z } from 'zod';
import type { Caller } from '#lib/engine/caller.ts';
import type { LargeChange, LargeChangeResult } from '#lib/engine/database.ts';
import type { ImportedTable, SqlResult } from '#lib/engine/engine.ts';
import type { Call, CallOutcome } from '#lib/engine/run/call.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/** One compiled, guarded read that may run long. */
export interface StatementJob {
  readonly kind: 'statement';
  readonly file: string;
  readonly sql: string;
  readonly values: readonly SqlValue[];
  readonly named: Readonly<Record<string, SqlValue>>;
  readonly readOnly: true;
  /** `single text`: the first column of the first row, handed on as it is; `raw rows`: everything, up to 32 MiB. */
  readonly result: 'raw rows' | 'single text';
}

/** KoyaLite SQL a person wrote: one transaction, nothing kept on failure. */
export interface ScriptJob {
  readonly kind: 'script';
  readonly file: string;
  readonly sql: string;
  readonly readOnly: boolean;
  /** Rows kept of each statement; the rest is counted off by `truncated`. */
  readonly maxRows: number;
  /** Behind whose walls; null = the operator's, without walls. */
  readonly caller: Caller | null;
  readonly durability: 'full' | 'fast';
}

/** Copies another SQLite file's tables into an environment file. */
export interface ImportJob {
  readonly kind: 'import';
  readonly file: string;
  readonly source: string;
}

/** A compiled, guarded UPDATE or DELETE that may visit many rows; its statements are those of `compile-change.ts`. */
export interface ChangeJob extends LargeChange {
  readonly kind: 'change';
  readonly file: string;
  readonly durability: 'full' | 'fast';
}

/** A compiled, guarded function call that may run long. */
export interface CallJob {
  readonly kind: 'call';
  readonly file: string;
  readonly durability: 'full' | 'fast';
  readonly call: Call;
}

export type ChildJob = StatementJob | ScriptJob | ImportJob | ChangeJob | CallJob;

export interface RawRows {
  columns: string[];
  rows: SqlValue[][];
}

export type JobResult<J extends ChildJob> = J extends { kind: 'statement'; result: 'single text' }
  ? string | null
  : J extends { kind: 'statement' }
    ? RawRows
    : J extends { kind: 'script' }
      ? SqlResult[]
      : J extends { kind: 'change' }
        ? LargeChangeResult
        : J extends { kind: 'call' }
          ? CallOutcome
          : ImportedTable[];

const rowsSchema = z.custom<SqlValue[][]>((value) => Array.isArray(value));

const textSchema: z.ZodType<string | null> = z.string().nullable();
const rawRowsSchema: z.ZodType<RawRows> = z.object({ columns: z.array(z.string()), rows: rowsSchema });
const scriptSchema: z.ZodType<SqlResult[]> = z.array(
  z.object({
    command: z.string(),
    columns: z.array(z.string()),
    types: z.array(z.string().nullable()),
    rows: rowsSchema,
    rowCount: z.number(),
    truncated: z.boolean(),
  }),
);
const importSchema: z.ZodType<ImportedTable[]> = z.array(z.object({ name: z.string(), rows: z.number() }));

const changeSchema: z.ZodType<LargeChangeResult> = z.object({
  affected: z.number(),
  refusals: z.number(),
  kept: z.boolean(),
  document: z.string().nullable(),
});

const callSchema: z.ZodType<CallOutcome> = z.object({
  kept: z.boolean(),
  rows: z.number(),
  document: z.string().nullable(),
  total: z.number().nullable(),
  settings: z.record(z.string(), z.string()),
});

/** Checks what a child answered against what the job asked for. */
export function parseJobResult<J extends ChildJob>(job: J, value: unknown): JobResult<J> {
  return schemaOf(job).parse(value) as JobResult<J>;
}

function schemaOf(job: ChildJob): z.ZodType {
  if (job.kind === 'script') return scriptSchema;
  if (job.kind === 'import') return importSchema;
  if (job.kind === 'change') return changeSchema;
  if (job.kind === 'call') return callSchema;
  return job.result === 'single text' ? textSchema : rawRowsSchema;
}
