/** A failing case made small: whatever can go while it still fails, goes. */

import type { Case } from './grammar.ts';

export async function shrink(item: Case, fails: (candidate: Case) => Promise<boolean>): Promise<Case> {
  let smallest = item;
  for (let progress = true; progress; ) {
    progress = false;
    for (const candidate of smaller(smallest)) {
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      progress = true;
      break;
    }
  }
  return smallest;
}

function* smaller(item: Case): Generator<Case> {
  for (const index of item.policies.keys()) yield { ...item, policies: item.policies.toSpliced(index, 1) };
  for (const index of item.rows.keys()) yield { ...item, rows: item.rows.toSpliced(index, 1) };
  for (const index of item.members.keys())
    if (item.members.length > 1) yield { ...item, members: item.members.toSpliced(index, 1) };
  const { statement } = item;
  if ('where' in statement && statement.where !== null) yield { ...item, statement: { ...statement, where: null } };
  if (statement.kind === 'insert' && statement.rows.length > 1) {
    for (const index of statement.rows.keys())
      yield { ...item, statement: { ...statement, rows: statement.rows.toSpliced(index, 1) } };
  }
}
