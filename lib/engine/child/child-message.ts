/** What a child says to its parent, and how errors travel between the two. */

import { z } from 'zod';
import { isSqlError, SqlError } from '#lib/engine/sql-error.ts';
import { isProblem, Problem } from '#lib/http/problem.ts';

export const errorSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sql'),
    sqlstate: z.string(),
    message: z.string(),
    details: z.string().nullable(),
    hint: z.string().nullable(),
    line: z.number().nullable(),
    column: z.number().nullable(),
    /** For the log. */
    cause: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('problem'),
    status: z.number(),
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
    headers: z.array(z.string()),
  }),
  z.object({ kind: z.literal('unknown'), cause: z.string() }),
]);

export const childMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), value: z.unknown() }),
  /** Of a long text of the result that follows. */
  z.object({ type: z.literal('part'), text: z.string() }),
  z.object({ type: z.literal('error'), error: errorSchema }),
]);

export type ChildMessage = z.infer<typeof childMessageSchema>;
export type WireError = z.infer<typeof errorSchema>;

/** An error as plain data; class instances do not survive the pipe. */
export function toWireError(error: unknown): WireError {
  if (isSqlError(error)) {
    const { sqlstate, message, details, hint, line, column } = error;
    return {
      kind: 'sql',
      sqlstate,
      message,
      details,
      hint,
      line,
      column,
      cause: error.cause === undefined ? null : toCause(error.cause),
    };
  }
  if (isProblem(error)) {
    const { status, code, message, hint, headers } = error;
    return { kind: 'problem', status, code, message, hint, headers };
  }
  return { kind: 'unknown', cause: toCause(error) };
}

function toCause(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The error the child threw, made again on this side; anything unexpected becomes a bare XX000 with its cause kept for the log. */
export function fromWireError(wire: WireError): Error {
  if (wire.kind === 'sql') {
    const { sqlstate, message, details, hint, line, column, cause } = wire;
    const position = { ...(line !== null && { line }), ...(column !== null && { column }) };
    return new SqlError({ sqlstate, message, details, hint, ...position, ...(cause !== null && { cause }) });
  }
  if (wire.kind === 'problem') return new Problem(wire);
  return new SqlError({ sqlstate: 'XX000', message: 'the statement could not be run', cause: wire.cause });
}
