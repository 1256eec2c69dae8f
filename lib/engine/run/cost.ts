/**
 * Which statements may run on the event loop. SQLite cannot be interrupted there, so whatever may visit many rows runs
 * in a process that can be killed: judged by the query plan first, by measured time after.
 */

import type { Table } from '#lib/engine/catalog/catalog.ts';
import type { Statement } from '#lib/engine/compile/statement.ts';
import type { Database } from '#lib/engine/database.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export interface StatementCost {
  isExpensive(database: Database, parameters: Readonly<Record<string, SqlValue>>): boolean;
  observe(elapsedMs: number): void;
}

/** Scans of more rows than this, multiplied when several are nested, leave the event loop. */
const scanLimitRows = 5000;
/** A statement that took longer than this once is not trusted on the event loop again until it is judged anew. */
const slowMs = 15;
/** Tables grow: a judgement is renewed after this many runs or this long. */
const renewRuns = 2000;
const renewMs = 30_000;

export function createCost(database: Database, statement: Statement, parameters: Record<string, SqlValue>): StatementCost {
  const { scanned, unbounded } = readPlan(database, statement, parameters);
  const patterned = statement.sql.includes('regexp_match(');
  let judgedMs = Number.NEGATIVE_INFINITY;
  let runs = 0;
  let expensive = false;
  return {
    isExpensive(current, values) {
      if (patterned && hasHeavyPattern(values)) return true;
      runs += 1;
      if (runs < renewRuns && performance.now() - judgedMs < renewMs) return expensive;
      runs = 0;
      judgedMs = performance.now();
      expensive =
        unbounded || scanned.reduce((product, table) => product * Math.max(1, countRows(current, table)), 1) > scanLimitRows;
      return expensive;
    },
    observe(elapsedMs) {
      if (elapsedMs > slowMs) expensive = true;
    },
  };
}

/** A repeated group or a counted repetition over one long text takes seconds, however few rows are read. */
function hasHeavyPattern(values: Readonly<Record<string, SqlValue>>): boolean {
  return Object.values(values).some((value) => typeof value === 'string' && /\)[*+{]|\{\d/.test(value));
}

/** The tables the plan reads from end to end, nested or not, and whether it recurses. */
function readPlan(
  database: Database,
  statement: Statement,
  parameters: Record<string, SqlValue>,
): { scanned: Table[]; unbounded: boolean } {
  const plan = database.read((connection) => connection.all(`EXPLAIN QUERY PLAN ${statement.sql}`, parameters));
  const scanned: Table[] = [];
  for (const step of plan) {
    const name = /^SCAN (.+?)(?: (?:USING|VIRTUAL TABLE|LEFT-JOIN|RIGHT-JOIN).*)?$/.exec(String(step.detail))?.[1];
    if (name === undefined) continue;
    const table = statement.tables.get(name) ?? findByStored(database, name.replace(/^main\./, ''));
    if (table !== undefined) scanned.push(table);
  }
  const details = plan.map((step) => String(step.detail));
  // Without a filter or a sort a scan ends where the limit does.
  const bounded = !statement.filtered && !details.some((detail) => detail.startsWith('USE TEMP B-TREE'));
  return { scanned: bounded ? [] : scanned, unbounded: details.some((detail) => detail.startsWith('RECURSIVE')) };
}

/** Inside a wall the plan names the table itself. */
function findByStored(database: Database, stored: string): Table | undefined {
  return [...database.catalog.tables.values()].find((table) => table.stored === stored);
}

/** An upper bound that costs one index probe. */
function countRows(database: Database, table: Table): number {
  if (table.kind === 'virtual') return Number.POSITIVE_INFINITY;
  if (table.kind === 'view') return 0;
  if (table.withoutRowid)
    return Number(
      database.read((connection) =>
        connection.value(`SELECT count(*) FROM (SELECT 1 FROM main.${quoteName(table.stored)} LIMIT ${scanLimitRows + 1})`),
      ),
    );
  return Number(database.read((connection) => connection.value(`SELECT max(rowid) FROM main.${quoteName(table.stored)}`)) ?? 0);
}
