/**
 * Which statements may run on the event loop. SQLite cannot be interrupted there, so whatever may go on for long runs
 * in a process that can be killed: judged by the compiled program first, by measured time after.
 */

import type { Statement } from '#lib/engine/compile/statement.ts';
import type { Database } from '#lib/engine/database.ts';
import { quoteName } from '#lib/engine/plan/quote.ts';
import { cpuTimeMs } from '#lib/engine/run/cpu-time.ts';
import { areFunctionsDear, mayTextsGrow, toTextUse } from '#lib/engine/run/function-cost.ts';
import { type Loop, type Nest, type Program, parametersOf, readProgram } from '#lib/engine/run/read-program.ts';
import { createRowBytes } from '#lib/engine/run/row-bytes.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export interface StatementCost {
  /** `times`: how often the statement is about to run in a row. */
  isExpensive(database: Database, parameters: Readonly<Record<string, SqlValue>>, times?: number): boolean;
  observe(computedMs: number): void;
  /** The document it gave. */
  observeDocument(bytes: number, rows: number): void;
  /** Its document was too large for the event loop. */
  observeTooMuch(parameters: Readonly<Record<string, SqlValue>>): void;
  /** It took long by the clock: from now on it is measured by what it computes. */
  isSuspect: boolean;
  /** The values decide nothing, unless they are longer than `shortText` together: it is so for every row like this one. */
  readonly isFixed: boolean;
}

/** A statement that goes through more rows than this, counted as often as it does, leaves the event loop. */
const rowLimit = 5000;
/** Finding rows by a key takes longer than going on to the next one. */
const searchWeight = 3;
/** Sorting or joining what was already read takes less per row. */
const transientLimit = 25_000;
/** A pattern takes as long as so many plain comparisons. */
const patternWeight = 20;
/**
 * A statement that computed for longer than this twice in a row, or far longer once, is not trusted on the event loop again until
 * it is judged anew. Once may have been the machine: a process is not started for that.
 */
export const slowMs = 15;
const verySlowMs = 50;
/** Tables grow: a judgement is renewed after this many runs or this long. */
export const renewRuns = 2000;
export const renewMs = 30_000;

export type JudgedStatement = Pick<Statement, 'sql' | 'filtered'> & {
  /** What a person wrote of it, with every function in its place: texts joined there may be joined again. */
  readonly written?: string;
};

export function createCost(
  database: Database,
  statement: JudgedStatement,
  parameters: Readonly<Record<string, SqlValue>>,
): StatementCost {
  const program = database.read((connection) => readProgram(connection, statement.sql, parameters));
  const growth = statement.written === undefined ? null : toTextUse(statement.written);
  const sizes = createSizes(database);
  const patterned =
    program.functions.has('regexp_match') || program.functions.has('regexp_like') || program.functions.has('regexp');
  const unbounded = program.recursive || (patterned && program.literals.some(isHeavyPattern)) || readsText(database, statement);
  const cut = endsAtLimit(database, statement, parameters);
  const isFixed = !unbounded && !patterned && growth === null && !hasVirtualLoop(program);
  const weight = createRowBytes(statement.sql, program, statement.written !== undefined);
  let judgedMs = Number.NEGATIVE_INFINITY;
  let runs = 0;
  let rows = 0;
  let elements = 0;
  let limit = 0;
  let slow = 0;
  return {
    isExpensive(current, values, times = 1) {
      if (unbounded) return true;
      const length = lengthOf(values);
      if (patterned && Object.values(values).some(isHeavyPattern)) return true;
      if (areFunctionsDear(program.functions.keys(), length) || (growth !== null && mayTextsGrow(growth, length))) return true;
      const given = countElements(program, values);
      const asked = cut ? weight.most(values) : Number.POSITIVE_INFINITY;
      runs += times;
      if (runs >= renewRuns || performance.now() - judgedMs >= renewMs || given > elements * 2 || asked > limit) {
        runs = 0;
        judgedMs = performance.now();
        elements = given;
        slow = 0;
        weight.judge(current);
        limit = asked;
        rows = weigh(program, sizes(current, given), asked) * (patterned ? patternWeight : 1);
      }
      return slow > 1 || rows * times > rowLimit || weight.isHeavy(values, rows);
    },
    observeDocument: (bytes, rows) => weight.observe(database, bytes, rows),
    observeTooMuch: (values) => weight.observeTooMuch(database, values),
    observe(computedMs) {
      if (computedMs > slowMs) slow += computedMs > verySlowMs ? 2 : 1;
      else if (slow < 2) {
        slow = 0;
        this.isSuspect = false;
      }
    },
    isSuspect: false,
    isFixed,
  };
}

/** Runs a statement and learns from it. Asking for the time computed costs as much as a small read: only a suspect is asked. */
export function measured<T>(cost: StatementCost, work: () => T): T {
  const { isSuspect } = cost;
  const startedMs = isSuspect ? cpuTimeMs() : performance.now();
  const result = work();
  if (isSuspect) cost.observe(cpuTimeMs() - startedMs);
  else if (performance.now() - startedMs > slowMs) cost.isSuspect = true;
  return result;
}

/** Rows gone through, those of inner loops as often as they are; sorts and the like at a fifth. The outermost end after `limit`. */
function weigh(program: Program, size: (loop: Loop, transient: number) => number, limit: number): number {
  const through = (nest: Nest, transient: number) =>
    nest.reduce(
      (product, loop, depth) => product * Math.min(size(loop, transient), depth === 0 ? limit : Number.POSITIVE_INFINITY),
      1,
    );
  const total = (nests: readonly Nest[], transient: number) => nests.reduce((sum, nest) => sum + through(nest, transient), 0);
  const all = (transient: number) =>
    total(program.nests, transient) + total(program.starts, transient) * Math.max(1, total(program.started, transient));
  const read = all(1);
  return Math.max(read, (all(Math.max(1, read)) * rowLimit) / transientLimit);
}

/** How many rows a loop goes through; tables are counted once. */
function createSizes(database: Database) {
  return (current: Database, elements: number) => {
    const known = new Map<string, number>();
    return (loop: Loop, transient: number): number => {
      switch (loop.kind) {
        case 'virtual':
          return elements;
        case 'transient':
          return transient;
        case 'search':
          return searchWeight;
        case 'table': {
          const counted = known.get(loop.stored) ?? Math.max(1, countRows(current ?? database, loop.stored));
          known.set(loop.stored, counted);
          return counted;
        }
      }
    };
  };
}

/** A repeated group or a counted repetition over one long text takes seconds, however few rows are read. */
function isHeavyPattern(value: SqlValue): boolean {
  return typeof value === 'string' && /\)[*+{]|\{\d/.test(value);
}

/** Without a filter or a sort a scan ends where the limit does. */
function endsAtLimit(database: Database, statement: JudgedStatement, parameters: Readonly<Record<string, SqlValue>>): boolean {
  if (statement.filtered) return false;
  const named = { ...parametersOf(statement.sql), ...parameters };
  const plan = database.read((connection) => connection.once(`EXPLAIN QUERY PLAN ${statement.sql}`, named));
  return !plan.some((step) => String(step.detail).startsWith('USE TEMP B-TREE'));
}

/** A search index looks at everything for some of its queries, and its plan does not tell which. */
function readsText(database: Database, statement: JudgedStatement): boolean {
  return [...database.catalog.tables.values()].some(
    (table) => table.kind === 'virtual' && statement.sql.includes(quoteName(table.stored).slice(1, -1)),
  );
}

function lengthOf(values: Readonly<Record<string, SqlValue>>): number {
  let length = 0;
  for (const [name, value] of Object.entries(values)) {
    if (name.startsWith('auth_') || name.startsWith('request_')) continue;
    if (typeof value === 'string') length += value.length;
    else if (value instanceof Uint8Array) length += value.byteLength;
  }
  return length;
}

/** Lists kept in rows are taken to be this long. */
const assumedElements = 10;

/** At least as many as any list among the values has elements. */
function countElements(program: Program, values: Readonly<Record<string, SqlValue>>): number {
  if (!hasVirtualLoop(program)) return 1;
  let most = assumedElements;
  for (const value of Object.values(values)) {
    if (typeof value === 'string' && /^\s*[[{]/.test(value)) most = Math.max(most, countParts(value));
  }
  return most;
}

function hasVirtualLoop({ nests, starts, started }: Program): boolean {
  return [nests, starts, started].flat(2).some((loop) => loop.kind === 'virtual');
}

/** Beyond the limit it does not matter how many. */
function countParts(list: string): number {
  let parts = 1;
  for (let at = list.indexOf(','); at >= 0 && parts <= transientLimit; at = list.indexOf(',', at + 1)) parts += 1;
  return parts;
}

/** An upper bound that costs an index probe, or a look at the first rows where there is no rowid. */
function countRows(database: Database, stored: string): number {
  if (stored === '') return 1;
  const name = quoteName(stored);
  return database.read((connection) => {
    const shape = connection.value("SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'", stored);
    const sql =
      Number(shape) === 0
        ? `SELECT max(rowid) FROM main.${name}`
        : `SELECT count(*) FROM (SELECT 1 FROM main.${name} LIMIT ${rowLimit + 1})`;
    return Number(connection.value(sql) ?? 0);
  });
}
