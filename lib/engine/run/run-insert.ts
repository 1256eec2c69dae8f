/** Runs a guarded insert row by row in the caller's transaction. */

import type { Column, Table } from '#lib/engine/catalog/catalog.ts';
import { hiddenByView } from '#lib/engine/compile/compile-check-option.ts';
import { compileInsert, type InsertStatements } from '#lib/engine/compile/compile-insert.ts';
import type { Connection } from '#lib/engine/database.ts';
import type { InsertPlan } from '#lib/engine/plan/plan.ts';
import type { Guarded } from '#lib/engine/policies/guard.ts';
import type { Parameters } from '#lib/engine/run/bind.ts';
import { describeConstraint } from '#lib/engine/run/describe-constraint.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/** One row's encoded values by column name; a missing column takes its default. */
export type ProposedRow = ReadonlyMap<string, SqlValue>;

export interface Written {
  /** Identities of the written rows, in order, as they are bound to `:written`. */
  readonly identities: SqlValue[];
  /** How many of them were not there before. */
  readonly inserted: number;
}

/** Compiled variants by which columns a row gives; lives as long as the plan it belongs to. */
export type InsertVariants = Map<string, InsertStatements>;

/** Rows handled between two pauses: a few milliseconds of work. */
const rowsPerStep = 200;

/** Pauses every so many rows; drive it to its end at once where a write may not span ticks. */
export function* insertRows(
  connection: Connection,
  guarded: Guarded<InsertPlan>,
  variants: InsertVariants,
  rows: Iterable<ProposedRow>,
  parameters: Parameters,
): Generator<void, Written> {
  const identities: SqlValue[] = [];
  const merged = new Set<SqlValue>();
  let inserted = 0;
  let seen = 0;
  for (const row of rows) {
    seen += 1;
    if (seen % rowsPerStep === 0) yield;
    const statements = variantFor(guarded, variants, row);
    for (const [index, column] of statements.columns.entries()) parameters[`v${index}`] = row.get(column.name) ?? null;
    const outcome = insertOne(connection, guarded, statements, row, parameters);
    if (outcome === null) continue;
    if (guarded.plan.conflict?.action === 'merge') refuseSecondChange(merged, outcome.identity);
    identities.push(outcome.identity);
    if (outcome.inserted) inserted += 1;
  }
  return { identities, inserted };
}

function variantFor(guarded: Guarded<InsertPlan>, variants: InsertVariants, row: ProposedRow): InsertStatements {
  const given = guarded.plan.columns.filter((column: Column) => row.has(column.name));
  const key = given.length === guarded.plan.columns.length ? '' : given.map((column) => column.name).join('\n');
  const known = variants.get(key);
  if (known !== undefined) return known;
  const made = compileInsert(guarded, given);
  variants.set(key, made);
  return made;
}

/** Null when ON CONFLICT DO NOTHING skipped the row. */
function insertOne(
  connection: Connection,
  guarded: Guarded<InsertPlan>,
  statements: InsertStatements,
  row: ProposedRow,
  parameters: Parameters,
): { identity: SqlValue; inserted: boolean } | null {
  const { table, conflict } = guarded.plan;
  if (statements.proposed !== null && connection.value(statements.proposed, parameters) !== 1) throw refused(table);
  const existing = statements.existing === null ? undefined : connection.tuple(statements.existing, parameters);
  if (existing !== undefined && conflict?.action === 'merge' && existing[1] !== 1) throw refused(table, true);
  const insert = () => {
    try {
      return connection.value(statements.insert, parameters);
    } catch (error) {
      throw describeConstraint(connection, guarded.catalog, table, row, error);
    }
  };
  const identity =
    statements.hidden === null ? insert() : insertShown(connection, guarded, statements.hidden, parameters, insert);
  if (identity === undefined) {
    if (conflict === null) throw refused(table);
    return null;
  }
  if (
    existing !== undefined &&
    statements.result !== null &&
    connection.value(statements.result, { ...parameters, id: identity }) !== 1
  ) {
    throw refused(table);
  }
  return { identity, inserted: existing === undefined };
}

/** A single insert has no savepoint around it: a row that its view would not show is undone here. */
function insertShown(
  connection: Connection,
  guarded: Guarded<InsertPlan>,
  hidden: string,
  parameters: Parameters,
  insert: () => SqlValue | undefined,
): SqlValue | undefined {
  connection.run('SAVEPOINT shown');
  try {
    const identity = insert();
    const written = identity === undefined ? '[]' : toJsonList(identity);
    if (connection.value(hidden, { ...parameters, written }) !== 0) throw hiddenByView(guarded.plan.through);
    return identity;
  } catch (error) {
    connection.run('ROLLBACK TO shown');
    throw error;
  } finally {
    connection.run('RELEASE shown');
  }
}

/** A rowid comes as its digits, a key as a JSON array already. */
function toJsonList(identity: SqlValue): string {
  const text = String(identity);
  return text.startsWith('[') ? JSON.stringify([text]) : `[${text}]`;
}

function refuseSecondChange(seen: Set<SqlValue>, identity: SqlValue): void {
  if (seen.has(identity)) {
    throw new SqlError({
      sqlstate: '21000',
      message: 'ON CONFLICT DO UPDATE command cannot affect row a second time',
      hint: 'Ensure that no rows proposed for insertion within the same command have duplicate constrained values.',
    });
  }
  seen.add(identity);
}

/** What PostgreSQL says when a new row fails a policy. */
export function refused(table: Table, using = false): SqlError {
  const expression = using ? ' (USING expression)' : '';
  return new SqlError({
    sqlstate: '42501',
    message: `new row violates row-level security policy${expression} for table "${table.name}"`,
  });
}
