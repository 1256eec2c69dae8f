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
  readonly affected: number;
  /** Of the written rows, in order, as they are bound to `:written`; only the first when they are not read back. */
  readonly identities: SqlValue[];
  /** How many of them were not there before. */
  readonly inserted: number;
}

/** Compiled variants by which columns a row gives; lives as long as the plan it belongs to. */
export type InsertVariants = Map<string, InsertStatements>;

/** Work between two pauses. */
const stepMs = 5;

/** One way to insert a row as plain texts; see `InsertStatements`. */
export interface InsertTexts extends Omit<InsertStatements, 'columns'> {
  /** Their values are `:v0`, `:v1`, …. */
  readonly columns: readonly string[];
}

/** How the rows of one payload are inserted, whoever compiled the statements. */
export interface InsertWork {
  readonly conflicts: boolean;
  readonly merges: boolean;
  /** Whether the rows are read back: then what they are called is kept. */
  readonly returns: boolean;
  toError(row: ProposedRow, error: unknown): Error;
  refuse(using?: boolean): Error;
  /** For a row that the view it went through does not show. */
  hide(): Error;
}

export function* insertRows(
  connection: Connection,
  guarded: Guarded<InsertPlan>,
  variants: InsertVariants,
  rows: Iterable<ProposedRow>,
  parameters: Parameters,
): Generator<void, Written> {
  const { table, conflict } = guarded.plan;
  const work: InsertWork = {
    conflicts: conflict !== null,
    merges: conflict?.action === 'merge',
    returns: guarded.plan.returning !== null,
    toError: (row, error) => describeConstraint(connection, guarded.catalog, table, row, error),
    refuse: (using) => refused(table, using),
    hide: () => hiddenByView(guarded.plan.through?.name ?? null),
  };
  function* withTexts() {
    for (const row of rows) yield { row, texts: toTexts(variantFor(guarded, variants, row)) };
  }
  return yield* insertEach(connection, work, withTexts(), parameters);
}

/** Pauses now and then; drive it to its end at once where a write may not span ticks. */
export function* insertEach(
  connection: Connection,
  work: InsertWork,
  rows: Iterable<{ readonly row: ProposedRow; readonly texts: InsertTexts }>,
  parameters: Parameters,
): Generator<void, Written> {
  const identities: SqlValue[] = [];
  const merged = new Set<SqlValue>();
  let affected = 0;
  let inserted = 0;
  let pausedMs = performance.now();
  for (const { row, texts } of rows) {
    if (performance.now() - pausedMs > stepMs) {
      yield;
      pausedMs = performance.now();
    }
    for (const [index, column] of texts.columns.entries()) parameters[`v${index}`] = row.get(column) ?? null;
    const outcome = insertOne(connection, work, texts, row, parameters);
    if (outcome === null) continue;
    if (work.merges) refuseSecondChange(merged, outcome.identity);
    affected += 1;
    if (work.returns || affected === 1) identities.push(outcome.identity);
    if (outcome.inserted) inserted += 1;
  }
  return { affected, identities, inserted };
}

const textsOf = new WeakMap<InsertStatements, InsertTexts>();

export function toTexts(statements: InsertStatements): InsertTexts {
  const known = textsOf.get(statements);
  if (known !== undefined) return known;
  const made = { ...statements, columns: statements.columns.map((column) => column.name) };
  textsOf.set(statements, made);
  return made;
}

export function variantFor(guarded: Guarded<InsertPlan>, variants: InsertVariants, row: ProposedRow): InsertStatements {
  const given = guarded.plan.columns.filter((column: Column) => row.has(column.name));
  const key = given.length === guarded.plan.columns.length ? 'all' : `only\n${given.map((column) => column.name).join('\n')}`;
  const known = variants.get(key);
  if (known !== undefined) return known;
  const made = compileInsert(guarded, given);
  variants.set(key, made);
  return made;
}

/** Null when ON CONFLICT DO NOTHING skipped the row. */
function insertOne(
  connection: Connection,
  work: InsertWork,
  texts: InsertTexts,
  row: ProposedRow,
  parameters: Parameters,
): { identity: SqlValue; inserted: boolean } | null {
  if (texts.proposed !== null && connection.value(texts.proposed, parameters) !== 1) throw work.refuse();
  const existing = texts.existing === null ? undefined : connection.tuple(texts.existing, parameters);
  if (existing !== undefined && work.merges && existing[1] !== 1) throw work.refuse(true);
  const insert = () => {
    try {
      return connection.value(texts.insert, parameters);
    } catch (error) {
      throw work.toError(row, error);
    }
  };
  const identity = texts.hidden === null ? insert() : insertShown(connection, work, texts.hidden, parameters, insert);
  if (identity === undefined) {
    if (!work.conflicts) throw work.refuse();
    return null;
  }
  const checked = existing === undefined || texts.result === null;
  if (!checked && connection.value(texts.result, { ...parameters, id: identity }) !== 1) throw work.refuse();
  return { identity, inserted: existing === undefined };
}

/** A single insert has no savepoint around it: a row that its view would not show is undone here. */
function insertShown(
  connection: Connection,
  work: InsertWork,
  hidden: string,
  parameters: Parameters,
  insert: () => SqlValue | undefined,
): SqlValue | undefined {
  connection.run('SAVEPOINT shown');
  try {
    const identity = insert();
    const written = identity === undefined ? '[]' : toJsonList(identity);
    if (connection.value(hidden, { ...parameters, written }) !== 0) throw work.hide();
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
