/** Which productions of the grammar a case uses: a production that never comes up is not tested. */

import type { Case, Expression } from './grammar.ts';

export function productionsOf(item: Case): Set<string> {
  const found = new Set<string>([
    `path ${item.path}`,
    `role ${item.caller.role}`,
    `uid ${item.caller.uid === null ? 'none' : 'some'}`,
  ]);
  const { statement } = item;
  for (const policy of item.policies) {
    found.add(`policy ${policy.table}`).add(`policy ${policy.restrictive ? 'restrictive' : 'permissive'}`);
    found.add(`policy for ${policy.command}`).add(`policy to ${policy.role}`);
    for (const expression of [policy.using, policy.check]) if (expression !== null) walk(expression, 'policy', found);
    if (policy.check !== null && policy.using !== null) found.add('policy using and check');
  }
  found.add(`statement ${statement.kind} by ${item.path}`);
  if ('where' in statement) {
    found.add(statement.where === null ? 'where none' : 'where some');
    if (statement.where !== null) walk(statement.where, 'where', found);
  }
  if ('returning' in statement) found.add(`returning ${statement.returning}`);
  if (statement.kind === 'insert' && statement.conflict !== null) {
    const { conflict } = statement;
    found.add(`conflict ${conflict.kind}${conflict.kind === 'nothing' && !conflict.target ? ' without target' : ''}`);
  }
  if (statement.kind === 'update')
    for (const { value } of statement.set) found.add('literal' in value ? 'set literal' : 'set column');
  return found;
}

function walk(expression: Expression, place: string, found: Set<string>): void {
  found.add(`${place} ${expression.kind}`);
  if (expression.kind === 'member') found.add(`member by ${expression.by}`);
  if (expression.kind === 'uid') found.add(`uid by ${expression.by}`);
  if ('left' in expression) {
    walk(expression.left, place, found);
    walk(expression.right, place, found);
  }
  if ('inner' in expression) walk(expression.inner, place, found);
}

/** Everything the grammar can say. */
export const productions: readonly string[] = [
  ...['path rest', 'path sql', 'role anon', 'role authenticated', 'uid none', 'uid some'],
  ...['policy t', 'policy m', 'policy restrictive', 'policy permissive', 'policy using and check'],
  ...['all', 'select', 'insert', 'update', 'delete'].map((command) => `policy for ${command}`),
  ...['public', 'anon', 'authenticated'].map((role) => `policy to ${role}`),
  ...['literal', 'compare', 'null', 'in', 'uid', 'pub', 'member', 'and', 'or', 'not', 'coalesce'].flatMap((kind) => [
    `policy ${kind}`,
    `where ${kind}`,
  ]),
  ...['exists', 'in', 'function'].map((by) => `member by ${by}`),
  ...['function', 'claim'].map((by) => `uid by ${by}`),
  ...['select', 'insert', 'update', 'delete'].flatMap((kind) => [`statement ${kind} by rest`, `statement ${kind} by sql`]),
  ...['where none', 'where some', 'returning nothing', 'returning rows', 'returning constant', 'set literal', 'set column'],
  ...['conflict nothing', 'conflict nothing without target', 'conflict merge', 'conflict set'],
];
