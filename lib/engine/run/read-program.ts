/**
 * What a statement will do, read from the program SQLite compiled it to: its loops, how they nest, and the functions it
 * calls. Unlike a query plan this includes triggers, CHECKs, defaults and the actions of foreign keys.
 */

import type { Connection } from '#lib/engine/database.ts';
import { hasSmallSize, type Step } from '#lib/engine/run/program-step.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/** What one loop goes through: a table from end to end, a table-valued function, rows put aside, rows found by an index. */
export type Loop =
  | { readonly kind: 'table'; readonly stored: string }
  | { readonly kind: 'virtual' }
  | { readonly kind: 'transient' }
  | { readonly kind: 'search' };

/** A loop and all it stands in, or all the loops something else stands in. */
export type Nest = readonly Loop[];

export interface Program {
  /** Stored names of the tables it reads or writes, by themselves or by an index. */
  readonly tables: readonly string[];
  readonly nests: readonly Nest[];
  /** Where it starts a trigger or a foreign key's action. */
  readonly starts: readonly Nest[];
  /** The loops of all triggers and actions it may start. */
  readonly started: readonly Nest[];
  /** It goes on until it says so itself: a recursive query. */
  readonly recursive: boolean;
  /** How often each function is called, in the text and in triggers; see `hasSmallSize` for those left out. */
  readonly functions: ReadonlyMap<string, number>;
  readonly literals: readonly string[];
}

export function readProgram(connection: Connection, sql: string, parameters: Readonly<Record<string, SqlValue>>): Program {
  const steps = connection.once(`EXPLAIN ${sql}`, { ...parametersOf(sql), ...parameters }).map(
    (row): Step => ({
      address: Number(row.addr),
      opcode: String(row.opcode),
      p1: Number(row.p1),
      p2: Number(row.p2),
      p3: Number(row.p3),
      p4: String(row.p4 ?? ''),
    }),
  );
  const [own = [], ...others] = splitPrograms(steps);
  const stored = readRoots(connection, steps);
  const { nests, starts } = toNests(own, stored, false);
  const inner = others.map((program) => toNests(program, stored, isAction(program)));
  return {
    tables: [...new Set(stored.values())].sort(),
    nests,
    starts,
    started: inner.flatMap((outline) => [...outline.nests, ...outline.starts]),
    recursive: [own, ...others].some(isRecursive),
    functions: countFunctions([own, ...others]),
    literals: steps.filter((step) => step.opcode === 'String8').map((step) => step.p4),
  };
}

/** Explaining needs a value for every parameter, but not the right one. */
export function parametersOf(sql: string): Record<string, null> {
  return Object.fromEntries([...sql.matchAll(/:([A-Za-z_]\w*)/g)].map(([, name]) => [name, null]));
}

/** Addresses begin anew with each trigger. */
function splitPrograms(steps: readonly Step[]): Step[][] {
  const programs: Step[][] = [];
  for (const step of steps) {
    if (step.address === 0) programs.push([]);
    programs.at(-1)?.push(step);
  }
  return programs;
}

/** The program of a trigger opens with the trigger's name, that of a foreign key's action with nothing. */
function isAction(program: readonly Step[]): boolean {
  return program[0]?.p4 === '';
}

/** Tables by the page where they, or an index of theirs, begin. */
function readRoots(connection: Connection, steps: readonly Step[]): ReadonlyMap<number, string> {
  const pages = new Set(steps.filter(isOpen).map((step) => step.p2));
  if (pages.size === 0) return new Map();
  const rows = connection.all(
    'SELECT rootpage, tbl_name FROM main.sqlite_schema WHERE rootpage IN (SELECT value FROM json_each(?))',
    JSON.stringify([...pages]),
  );
  return new Map(rows.map((row) => [Number(row.rootpage), String(row.tbl_name)]));
}

function isOpen({ opcode }: Step): boolean {
  return opcode === 'OpenRead' || opcode === 'OpenWrite' || opcode === 'ReopenIdx';
}

function isFirst({ opcode }: Step): boolean {
  return opcode === 'Rewind' || opcode === 'Last' || opcode === 'Sort' || opcode === 'SorterSort';
}

/** A recursive query takes the first row of its queue, deletes it at once, and goes back for the next. */
function isRecursive(program: readonly Step[]): boolean {
  const repeated = new Set(program.filter((step) => step.opcode === 'Goto').map((step) => step.p2));
  return program.some(
    (head) =>
      head.opcode === 'Rewind' &&
      repeated.has(head.address) &&
      program.slice(head.address + 1, head.address + 6).some((step) => step.opcode === 'Delete' && step.p1 === head.p1),
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly loop: Loop;
}

/** A foreign key's action may find any number of rows by its index: those count as all of them. */
function toNests(program: readonly Step[], stored: ReadonlyMap<number, string>, action: boolean) {
  const tables = new Map<number, string>();
  for (const step of program.filter(isOpen)) tables.set(step.p1, stored.get(step.p2) ?? '');
  const whole = new Set(program.filter(isFirst).map((step) => step.p1));
  const spans: Span[] = [];
  for (const { opcode, address, p1, p2 } of program) {
    const table = tables.get(p1);
    if (opcode === 'Count') spans.push({ from: address, to: address, loop: { kind: 'table', stored: table ?? '' } });
    if (!/^(?:Next|Prev|SorterNext|VNext)$/.test(opcode) || p2 > address) continue;
    spans.push({ from: p2, to: address, loop: toLoop(opcode, table, action || whole.has(p1)) });
  }
  const nestAt = (from: number, to: number): Nest =>
    spans.filter((span) => span.from <= from && span.to >= to).map((span) => span.loop);
  return {
    nests: spans.map((span) => nestAt(span.from, span.to)),
    starts: program.filter((step) => step.opcode === 'Program').map((step) => nestAt(step.address, step.address)),
  };
}

function toLoop(opcode: string, stored: string | undefined, whole: boolean): Loop {
  if (opcode === 'VNext') return { kind: 'virtual' };
  if (stored === undefined) return { kind: 'transient' };
  return whole ? { kind: 'table', stored } : { kind: 'search' };
}

/** Without those whose size is written down and small, as in `randomblob(4)`. */
function countFunctions(programs: readonly (readonly Step[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const program of programs) {
    for (const step of program) {
      if (!/^(?:Function|PureFunc|AggStep|AggStep1|AggInverse)$/.test(step.opcode)) continue;
      const name = step.p4.slice(0, Math.max(0, step.p4.lastIndexOf('('))).toLowerCase();
      if (!hasSmallSize(program, step, name)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}
