/** Encodes a payload for its columns and runs the prepared write. */

import type { Column, Table } from '#lib/engine/catalog/catalog.ts';
import type { Connection } from '#lib/engine/database.ts';
import { allowedBytes } from '#lib/engine/functions/weight-functions.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';
import { findShownName } from '#lib/engine/plan/shown-columns.ts';
import type { Parameters } from '#lib/engine/run/bind.ts';
import { atOnce } from '#lib/engine/run/in-steps.ts';
import { readParts } from '#lib/engine/run/read-parts.ts';
import { readBack, runChange } from '#lib/engine/run/run-change.ts';
import { insertRows, type ProposedRow } from '#lib/engine/run/run-insert.ts';
import { tooMuch } from '#lib/engine/run/too-much.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import type { LexedQuery } from '#lib/services/rest/parse/lex-query.ts';
import type { Payload } from '#lib/services/rest/parse/parse-body.ts';
import type { Query } from '#lib/services/rest/parse/parse-request.ts';
import { encodeValue } from '#lib/services/rest/payload/encode-value.ts';
import type { PreparedWrite } from '#lib/services/rest/prepare-write.ts';
import type { Outcome } from '#lib/services/rest/respond/respond-write.ts';
import { type RestContext, toContextParameters } from '#lib/services/rest/rest-context.ts';

/** At once, within one tick. */
export function runPost(
  context: RestContext,
  connection: Connection,
  write: PreparedWrite,
  lexed: LexedQuery,
  query: Query,
  payload: Payload,
): Outcome {
  return atOnce(postInSteps(context, connection, write, lexed, query, payload));
}

/** Pauses now and then, so that a large payload does not hold up everybody's reads. */
export function* postInSteps(
  context: RestContext,
  connection: Connection,
  write: PreparedWrite,
  lexed: LexedQuery,
  query: Query,
  payload: Payload,
): Generator<void, Outcome> {
  if (write.insert === null) throw new Error('not an insert');
  const { guarded, variants } = write.insert;
  const useDefaults = write.preferences.missing === 'default' || query.columns === null;
  const rows = Iterator.from(payload.rows).map((row) =>
    encodeRow(write.table, guarded.plan.columns, row, payload.form, useDefaults),
  );
  const parameters = toContextParameters(context, write.readsRequest);
  const written = yield* insertRows(connection, guarded, variants, rows, parameters);
  const document = yield* readBackInSteps(connection, write, lexed, parameters, written.identities);
  return {
    affected: written.affected,
    inserted: written.inserted,
    document,
    identity: written.identities[0] ?? null,
    location: written.affected === 1 ? locate(connection, write, written.identities) : null,
  };
}

export function runPatch(
  context: RestContext,
  connection: Connection,
  write: PreparedWrite,
  lexed: LexedQuery,
  payload: Payload,
): Outcome {
  if (write.change === null || write.change.guarded.plan.kind !== 'update') throw new Error('not an update');
  const { guarded, statements } = write.change;
  const columns = write.change.guarded.plan.columns;
  const row = encodeRow(write.table, columns, payload.rows.at(0) ?? new Map(), payload.form, false);
  if (columns.length === 0)
    return { affected: 0, inserted: 0, document: write.returning === null ? null : '[]', identity: null, location: null };
  const parameters = toContextParameters(context, write.readsRequest);
  const changed = runChange(connection, guarded, {
    statements,
    returning: write.returning,
    values: lexed.values,
    parameters,
    row,
  });
  return { ...changed, inserted: 0, identity: null, location: null };
}

export function runDelete(context: RestContext, connection: Connection, write: PreparedWrite, lexed: LexedQuery): Outcome {
  if (write.change === null) throw new Error('not a delete');
  const { guarded, statements } = write.change;
  const parameters = toContextParameters(context, write.readsRequest);
  const changed = runChange(connection, guarded, {
    statements,
    returning: write.returning,
    values: lexed.values,
    parameters,
    row: new Map(),
  });
  return { ...changed, inserted: 0, identity: null, location: null };
}

function readBackInSteps(
  connection: Connection,
  write: PreparedWrite,
  lexed: LexedQuery,
  parameters: Parameters,
  identities: readonly SqlValue[],
): Generator<void, string | null> {
  return readParts(identities, {
    joins: joinsDocuments(write),
    read(written) {
      parameters.written = written;
      return readBack(connection, write.returning, lexed.values, parameters);
    },
    allow(length) {
      if (length > allowedBytes) throw tooMuch('more than may be read back on the event loop');
    },
  });
}

/** Whether the documents of parts join to the document of the whole. */
export function joinsDocuments({ media }: PreparedWrite): boolean {
  return media.kind === 'json' || media.kind === 'object';
}

/** With `useDefaults` a missing key stays missing and takes its default; otherwise it is NULL. */
export function encodeRow(
  named: Table,
  columns: readonly Column[],
  row: ReadonlyMap<string, unknown>,
  form: Payload['form'],
  useDefaults: boolean,
): ProposedRow {
  const encoded = new Map<string, SqlValue>();
  for (const column of columns) {
    const value = row.get(named.view === null ? column.name : (findShownName(named, column.name) ?? column.name));
    if (value === undefined) {
      if (!useDefaults) encoded.set(column.name, null);
    } else if (value === null) encoded.set(column.name, null);
    else encoded.set(column.name, encodeValue(column.type, value, form));
  }
  return encoded;
}

/** The primary key of the one inserted row, for `Location`. */
function locate(connection: Connection, write: PreparedWrite, identities: readonly SqlValue[]): Outcome['location'] {
  const [identity] = identities;
  const sql = locateSql(write);
  if (sql === null || identities.length !== 1 || identity === undefined) return null;
  const values = connection.tuple(sql, identity) ?? [];
  return (write.table.primaryKey?.columns ?? []).map((column, index) => [column, values[index] ?? null]);
}

/** Reads that key by rowid; null where no `Location` is asked for or can be given. */
export function locateSql({ preferences, table }: PreparedWrite): string | null {
  if (preferences.return !== 'headers-only' || table.primaryKey === null || table.withoutRowid) return null;
  const columns = table.primaryKey.columns.map(quoteName).join(', ');
  return `SELECT ${columns} FROM main.${quoteName(table.stored)} WHERE rowid = ?`;
}
