/** PostgreSQL's names for constraints that were given none: `t_pkey`, `t_a_b_key`, `t_a_fkey`, `t_a_check`, numbered on a clash. */

import { toName } from '#lib/engine/sql/quote.ts';
import type { TableConstraint, UnnamedConstraint } from '#lib/engine/sql/table-definition.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';

const suffixes = { 'primary key': 'pkey', unique: 'key', 'foreign key': 'fkey', check: 'check' } as const;

export function nameConstraints(
  table: string,
  constraints: readonly UnnamedConstraint[],
  taken: Iterable<string> = [],
): TableConstraint[] {
  const used = new Set(taken);
  for (const constraint of constraints) if (constraint.name !== null) used.add(constraint.name);
  return constraints.map((constraint) => {
    const name = constraint.name ?? findFreeName(toBase(table, constraint), suffixes[constraint.kind], used);
    used.add(name);
    return { ...constraint, name };
  });
}

function toBase(table: string, constraint: UnnamedConstraint): string {
  if (constraint.kind === 'primary key') return table;
  if (constraint.kind === 'check') return constraint.columns.length === 1 ? `${table}_${constraint.columns[0]}` : table;
  return [table, ...constraint.columns].join('_');
}

function findFreeName(base: string, suffix: string, used: ReadonlySet<string>): string {
  for (let number = 0; ; number += 1) {
    const tail = `_${suffix}${number === 0 ? '' : number}`;
    // PostgreSQL's identifiers hold 63 bytes.
    const name = `${base.slice(0, 63 - tail.length)}${tail}`;
    if (!used.has(name)) return name;
  }
}

/** The columns a CHECK names: exactly one gives the constraint that column's name. */
export function toCheckedColumns(expression: string, columns: readonly string[]): string[] {
  const known = new Map(columns.map((column) => [column.toLowerCase(), column]));
  const found = new Set<string>();
  for (const token of tokenize(expression)) {
    if (token.kind !== 'word' && token.kind !== 'quoted') continue;
    const column = known.get(toName(token).toLowerCase());
    if (column !== undefined) found.add(column);
  }
  return [...found];
}
