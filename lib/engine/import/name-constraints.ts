/**
 * Gives every unnamed key, reference and check of a `CREATE TABLE` the name PostgreSQL would have chosen, leaving all
 * else as it was written: error messages and embedding hints refer to constraints by name.
 */

import { quoteName, type SqliteToken } from '#lib/engine/import/sqlite-tokens.ts';
import { type ColumnItem, type ConstraintItem, findItems } from '#lib/engine/import/table-items.ts';

/** `tokens` is the statement cut up; the answer is its text. */
export function nameConstraints(table: string, tokens: readonly SqliteToken[]): string {
  const items = findItems(tokens);
  const columns = items.filter((item): item is ColumnItem => item.kind === 'column').map((item) => item.name);
  const constraints = items.filter((item): item is ConstraintItem => item.kind !== 'column');
  const taken = new Set(constraints.flatMap((constraint) => (constraint.name === null ? [] : [constraint.name.toLowerCase()])));
  const before = new Map<number, string>();
  for (const constraint of constraints) {
    if (constraint.name !== null) continue;
    const name = chooseName(toDefaultName(table, constraint, columns), taken);
    before.set(constraint.at, `CONSTRAINT ${quoteName(name)} `);
  }
  return tokens.map((token, index) => (before.get(index) ?? '') + token.text).join('');
}

function toDefaultName(table: string, constraint: ConstraintItem, columns: readonly string[]): string {
  if (constraint.kind === 'pkey') return `${table}_pkey`;
  if (constraint.kind !== 'check') return [table, ...constraint.columns, constraint.kind].join('_');
  // A check is named after its column when it reads exactly one.
  const read = columns.filter((column) => constraint.mentions.has(column.toLowerCase()));
  return [table, ...(read.length === 1 ? read : []), 'check'].join('_');
}

function chooseName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let suffix = 1; taken.has(name.toLowerCase()); suffix += 1) name = wanted + suffix;
  taken.add(name.toLowerCase());
  return name;
}
