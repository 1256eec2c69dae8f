/** What a statement did, as both engines can tell it. */

import { type Case, type Cell, columns, type Row } from './grammar.ts';

export interface Outcome {
  /** SQLSTATE; null = it succeeded. */
  readonly error: string | null;
  readonly affected: number;
  /** By id. Null when nothing is returned. */
  readonly returned: readonly Row[] | null;
  /** The whole table afterwards, by id. */
  readonly table: readonly Row[];
}

/** Booleans are 0 and 1 in SQLite. */
export function toRow(raw: Readonly<Record<string, unknown>>): Row {
  const [owner, team, st, n, pub] = columns.map((column) => toCell(raw[column]));
  return {
    id: toCell(raw.id),
    owner: owner ?? null,
    team: team ?? null,
    st: st ?? null,
    n: n ?? null,
    pub: pub == null ? null : Boolean(pub),
  };
}

export function toRows(raw: readonly Readonly<Record<string, unknown>>[]): Row[] {
  return raw.map(toRow).sort((a, b) => Number(a.id) - Number(b.id));
}

function toCell(value: unknown): Cell {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/**
 * Whether they did the same. With RETURNING, SQLite finishes all rows' policy checks before it writes the first, so that of two
 * errors in one statement the other may be reported: both refuse it whole.
 */
export function isSame(item: Case, a: Outcome, b: Outcome): boolean {
  const { statement, path } = item;
  const anyError =
    path === 'sql' && statement.kind === 'insert' && statement.returning !== 'nothing' && statement.rows.length > 1;
  const settle = (outcome: Outcome) => (anyError && outcome.error !== null ? { ...outcome, error: 'refused' } : outcome);
  return JSON.stringify(settle(a)) === JSON.stringify(settle(b));
}
