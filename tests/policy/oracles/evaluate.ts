/** Policies evaluated row by row in JavaScript, three-valued: the model the engine's SQL is held against. */

import type { Case, Cell, Expression, Policy, Row } from '../differential/grammar.ts';

type Truth = boolean | null;

/** Rows of t that the case's caller may see. */
export function visibleRows(item: Case): Row[] {
  return item.rows.filter((row) => passes(item, row, 't'));
}

function passes(item: Case, row: Row, table: 't' | 'm'): boolean {
  const policies = item.policies.filter((policy) => policy.table === table && applies(policy, item.caller.role));
  const truth = (policy: Policy) => policy.using === null || evaluate(item, policy.using, row) === true;
  return (
    policies.some((policy) => !policy.restrictive && truth(policy)) &&
    policies.every((policy) => policy.restrictive === false || truth(policy))
  );
}

function applies(policy: Policy, role: string): boolean {
  return (policy.command === 'all' || policy.command === 'select') && (policy.role === 'public' || policy.role === role);
}

/** A member's uid stands under `owner`, as policies on m are spoken. */
function memberRows(item: Case): Row[] {
  const rows = item.members.map(({ uid, team }): Row => ({ id: null, owner: uid, team, st: null, n: null, pub: null }));
  return item.membersWalled ? rows.filter((row) => passes(item, row, 'm')) : rows;
}

export function evaluate(item: Case, expression: Expression, row: Row): Truth {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'compare':
      return compare(row[expression.column], expression.operator, expression.value);
    case 'null':
      return (row[expression.column] === null) !== expression.negated;
    case 'in': {
      const found = any(expression.values.map((value) => compare(row[expression.column], '=', value)));
      return expression.negated ? not(found) : found;
    }
    case 'uid':
      return compare(row[expression.column], '=', item.caller.uid);
    case 'pub':
      return row.pub === null ? null : Boolean(row.pub);
    case 'member':
      return isMember(item, row, expression.by);
    case 'and':
      return not(any([not(evaluate(item, expression.left, row)), not(evaluate(item, expression.right, row))]));
    case 'or':
      return any([evaluate(item, expression.left, row), evaluate(item, expression.right, row)]);
    case 'not':
      return not(evaluate(item, expression.inner, row));
    case 'coalesce':
      return evaluate(item, expression.inner, row) ?? expression.value;
  }
}

/** EXISTS is never NULL; IN is when it might have matched a NULL. */
function isMember(item: Case, row: Row, by: 'exists' | 'in' | 'function'): Truth {
  const mine = memberRows(item).filter((member) => compare(member.owner, '=', item.caller.uid) === true);
  const found = any(mine.map((member) => compare(member.team, '=', row.team)));
  return by === 'in' ? found : found === true;
}

function compare(left: Cell, operator: '=' | '<>' | '<' | '>=', right: Cell): Truth {
  if (left === null || right === null) return null;
  if (operator === '=') return left === right;
  if (operator === '<>') return left !== right;
  return operator === '<' ? left < right : left >= right;
}

function any(truths: readonly Truth[]): Truth {
  return truths.includes(true) ? true : truths.includes(null) ? null : false;
}

function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}
