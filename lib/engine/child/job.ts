/** What a child process can be asked to do, as plain data that crosses a pipe, and what it answers. */

import { z } from 'zod';
import type { Caller } from '#lib/engine/caller.ts';
import { errorSchema, type WireError } from '#lib/engine/child/child-message.ts';
import type { ImportedTable, SqlResult } from '#lib/engine/engine.ts';
import type { Call, CallOutcome } from '#lib/engine/run/call.ts';
import type { LargeWrite, WriteOutcome } from '#lib/engine/run/large-write.ts';
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
  /** Ends with a rollback. */
  readonly dryRun: boolean;
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

/** Compiled, guarded writes that may take long; several happen together or not at all. */
export interface WriteJob {
  readonly kind: 'write';
  readonly file: string;
  readonly durability: 'full' | 'fast';
  readonly write: LargeWrite;
}

export interface LargeWriteResult {
  readonly outcomes: readonly WriteOutcome[];
  /** The step nothing is kept for: with an error, or with more or other rows than its limits allow. */
  readonly failed: {
    readonly index: number;
    readonly affected: number;
    /** What was set before it failed. */
    readonly settings: Readonly<Record<string, string>>;
    readonly error: WireError | null;
  } | null;
}

/** A compiled, guarded function call that may run long. */
export interface CallJob {
  readonly kind: 'call';
  readonly file: string;
  readonly durability: 'full' | 'fast';
  readonly call: Call;
}

export type ChildJob = StatementJob | ScriptJob | ImportJob | WriteJob | CallJob;

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
      : J extends { kind: 'write' }
        ? LargeWriteResult
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
    notices: z
      .array(z.object({ level: z.enum(['error', 'warning', 'info']), code: z.string(), message: z.string(), hint: z.string() }))
      .optional(),
  }),
);
const importSchema: z.ZodType<ImportedTable[]> = z.array(z.object({ name: z.string(), rows: z.number() }));

const settingsSchema = z.record(z.string(), z.string());
const valueSchema = z.custom<SqlValue>();
const writeSchema: z.ZodType<LargeWriteResult> = z.object({
  outcomes: z.array(
    z.object({
      affected: z.number(),
      inserted: z.number(),
      document: z.string().nullable(),
      identity: valueSchema,
      location: z.array(valueSchema).nullable(),
      settings: settingsSchema,
    }),
  ),
  failed: z
    .object({ index: z.number(), affected: z.number(), settings: settingsSchema, error: errorSchema.nullable() })
    .nullable(),
});

const callSchema: z.ZodType<CallOutcome> = z.object({
  kept: z.boolean(),
  rows: z.number(),
  document: z.string().nullable(),
  total: z.number().nullable(),
  settings: settingsSchema,
});

/** Checks what a child answered against what the job asked for. */
export function parseJobResult<J extends ChildJob>(job: J, value: unknown): JobResult<J> {
  return schemaOf(job).parse(value) as JobResult<J>;
}

function schemaOf(job: ChildJob): z.ZodType {
  if (job.kind === 'script') return scriptSchema;
  if (job.kind === 'import') return importSchema;
  if (job.kind === 'write') return writeSchema;
  if (job.kind === 'call') return callSchema;
  return job.result === 'single text' ? textSchema : rawRowsSchema;
}
