/** A case as SQL, the same text for both engines, and as a REST request. */

import {
  type Assignment,
  type Case,
  type Cell,
  columns,
  type Expression,
  type Policy,
  type Row,
  type Statement,
} from './grammar.ts';

/** Both engines' schema; roles, claims and row-level security are theirs to set up. */
export const schema = `
  create table m (uid int, team int);
  create table t (id int primary key, owner int, team int, st text, n int, pub bool);
  create function uid() returns int language sql stable as $$ select (auth.jwt() ->> 'uid')::int $$;
  create function is_member(of_team int) returns boolean language sql stable as $$ select exists (select 1 from m where m.uid = uid() and m.team = of_team) $$;
  grant all on t, m to anon, authenticated;
`;

export function toLiteral(cell: Cell): string {
  return cell === null ? 'null' : typeof cell === 'string' ? `'${cell}'` : String(cell);
}

export function toSql(expression: Expression, table: 't' | 'm' = 't'): string {
  const name = (column: string) => (table === 'm' && column === 'owner' ? 'uid' : column);
  switch (expression.kind) {
    case 'literal':
      return expression.value === null ? 'null::boolean' : String(expression.value);
    case 'compare':
      return `${name(expression.column)} ${expression.operator} ${toLiteral(expression.value)}`;
    case 'null':
      return `${name(expression.column)} is ${expression.negated ? 'not ' : ''}null`;
    case 'in':
      return `${name(expression.column)} ${expression.negated ? 'not ' : ''}in (${expression.values.map(toLiteral).join(', ')})`;
    case 'uid':
      return `${name(expression.column)} = ${expression.by === 'function' ? 'uid()' : "(auth.jwt() ->> 'uid')::int"}`;
    case 'pub':
      return 'pub';
    case 'member':
      return toMembership(expression.by);
    case 'and':
    case 'or':
      return `(${toSql(expression.left, table)} ${expression.kind} ${toSql(expression.right, table)})`;
    case 'not':
      return `(not ${toSql(expression.inner, table)})`;
    case 'coalesce':
      return `coalesce(${toSql(expression.inner, table)}, ${expression.value})`;
  }
}

function toMembership(by: 'exists' | 'in' | 'function'): string {
  if (by === 'function') return 'is_member(team)';
  if (by === 'in') return 'team in (select m.team from m where m.uid = uid())';
  return 'exists (select 1 from m where m.uid = uid() and m.team = t.team)';
}

export function toPolicySql(policy: Policy, index: number): string {
  const using = policy.using === null ? '' : ` using (${toSql(policy.using, policy.table)})`;
  const check = policy.check === null ? '' : ` with check (${toSql(policy.check, policy.table)})`;
  return `create policy p${index} on ${policy.table} as ${policy.restrictive ? 'restrictive' : 'permissive'} for ${policy.command} to ${policy.role}${using}${check};`;
}

/** Rows and policies of a case, over empty tables. */
export function toSetup(item: Case): string {
  const members = item.members.map(({ uid, team }) => `(${toLiteral(uid)}, ${toLiteral(team)})`);
  const rows = item.rows.map(toValues);
  const inserts = [
    `insert into m values ${members.join(', ')};`,
    ...(rows.length > 0 ? [`insert into t values ${rows.join(', ')};`] : []),
  ];
  return [
    ...inserts,
    `alter table m ${item.membersWalled ? 'enable' : 'disable'} row level security;`,
    ...item.policies.map(toPolicySql),
  ].join('\n');
}

function toValues(row: Row): string {
  return `(${[row.id, ...columns.map((column) => row[column])].map(toLiteral).join(', ')})`;
}

export function toStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'select':
      return `select t.* from t${toWhere(statement.where)}`;
    case 'delete':
      return `delete from t${toWhere(statement.where)}${toReturning(statement.returning)}`;
    case 'update':
      return `update t set ${toSet(statement.set)}${toWhere(statement.where)}${toReturning(statement.returning)}`;
    case 'insert': {
      const conflict = statement.conflict === null ? '' : ` on conflict ${toConflict(statement.conflict)}`;
      return `insert into t(id, ${columns.join(', ')}) values ${statement.rows.map(toValues).join(', ')}${conflict}${toReturning(statement.returning)}`;
    }
  }
}

type Insert = Extract<Statement, { kind: 'insert' }>;

function toConflict(conflict: NonNullable<Insert['conflict']>): string {
  if (conflict.kind === 'nothing') return `${conflict.target ? '(id) ' : ''}do nothing`;
  if (conflict.kind === 'merge')
    return `(id) do update set ${['id', ...columns].map((column) => `${column} = excluded.${column}`).join(', ')}`;
  return `(id) do update set ${toSet(conflict.set, 't.')}`;
}

function toSet(set: readonly Assignment[], prefix = ''): string {
  return set
    .map(({ column, value }) => `${column} = ${'literal' in value ? toLiteral(value.literal) : prefix + value.column}`)
    .join(', ');
}

function toWhere(where: Expression | null): string {
  return where === null ? '' : ` where ${toSql(where)}`;
}

function toReturning(returning: 'nothing' | 'rows' | 'constant'): string {
  return returning === 'nothing' ? '' : returning === 'rows' ? ' returning t.*' : ' returning 42 as answer';
}

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly prefer: string;
  readonly body: unknown;
}

export function toRest(statement: Statement): RestRequest {
  const where =
    statement.kind === 'insert' || statement.where === null ? '' : `?and=${encodeURIComponent(`(${toFilter(statement.where)})`)}`;
  const representation = 'returning' in statement && statement.returning === 'rows' ? 'return=representation' : 'return=minimal';
  const prefer = `${representation},count=exact`;
  switch (statement.kind) {
    case 'select':
      return { method: 'GET', path: `/t${where}`, prefer: 'count=exact', body: undefined };
    case 'delete':
      return { method: 'DELETE', path: `/t${where}`, prefer, body: undefined };
    case 'update':
      return {
        method: 'PATCH',
        path: `/t${where}`,
        prefer,
        body: Object.fromEntries(statement.set.map(({ column, value }) => [column, 'literal' in value ? value.literal : null])),
      };
    case 'insert': {
      const resolution =
        statement.conflict === null ? '' : `,resolution=${statement.conflict.kind === 'merge' ? 'merge' : 'ignore'}-duplicates`;
      return {
        method: 'POST',
        path: statement.conflict === null ? '/t' : '/t?on_conflict=id',
        prefer: prefer + resolution,
        body: statement.rows,
      };
    }
  }
}

const operators = { '=': 'eq', '<>': 'neq', '<': 'lt', '>=': 'gte' } as const;

function toFilter(expression: Expression, not = ''): string {
  switch (expression.kind) {
    case 'compare':
      return `${expression.column}.${not}${operators[expression.operator]}.${expression.value}`;
    case 'null':
      return `${expression.column}.${not}${expression.negated ? 'not.is.null' : 'is.null'}`.replace('not.not.', '');
    case 'in':
      return `${expression.column}.${(not !== '') === expression.negated ? '' : 'not.'}in.(${expression.values.join(',')})`;
    case 'pub':
      return `pub.${not}eq.true`;
    case 'and':
    case 'or':
      return `${not}${expression.kind}(${toFilter(expression.left)},${toFilter(expression.right)})`;
    case 'not':
      return toFilter(expression.inner, not === '' ? 'not.' : '');
    default:
      throw new Error(`REST has no filter for ${expression.kind}`);
  }
}
