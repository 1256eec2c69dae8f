/** Random cases over the schema t/m: policies, rows, a caller and one statement. */

import { createRandom, type Random } from './random.ts';

export type IntegerColumn = 'owner' | 'team' | 'n';
export type Column = IntegerColumn | 'st' | 'pub';
export type Cell = number | string | boolean | null;
export type Row = Readonly<Record<'id' | Column, Cell>>;

export const columns = ['owner', 'team', 'st', 'n', 'pub'] as const;

export type Expression =
  | { readonly kind: 'literal'; readonly value: boolean | null }
  | {
      readonly kind: 'compare';
      readonly column: IntegerColumn | 'st';
      readonly operator: '=' | '<>' | '<' | '>=';
      readonly value: Cell;
    }
  | { readonly kind: 'null'; readonly column: Column; readonly negated: boolean }
  | { readonly kind: 'in'; readonly column: IntegerColumn; readonly negated: boolean; readonly values: readonly Cell[] }
  | { readonly kind: 'uid'; readonly column: 'owner' | 'n'; readonly by: 'function' | 'claim' }
  | { readonly kind: 'pub' }
  | { readonly kind: 'member'; readonly by: 'exists' | 'in' | 'function' }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly inner: Expression }
  | { readonly kind: 'coalesce'; readonly inner: Expression; readonly value: boolean };

export interface Policy {
  readonly table: 't' | 'm';
  readonly restrictive: boolean;
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  readonly role: 'public' | 'anon' | 'authenticated';
  readonly using: Expression | null;
  readonly check: Expression | null;
}

export interface Assignment {
  readonly column: Column;
  readonly value: { readonly literal: Cell } | { readonly column: IntegerColumn };
}

/** `constant`: RETURNING 42, which reads no column. */
export type Returning = 'nothing' | 'rows' | 'constant';

export type Conflict =
  | { readonly kind: 'nothing'; readonly target: boolean }
  | { readonly kind: 'merge' }
  | { readonly kind: 'set'; readonly set: readonly Assignment[] };

export type Statement =
  | { readonly kind: 'select'; readonly where: Expression | null }
  | { readonly kind: 'insert'; readonly rows: readonly Row[]; readonly conflict: Conflict | null; readonly returning: Returning }
  | {
      readonly kind: 'update';
      readonly set: readonly Assignment[];
      readonly where: Expression | null;
      readonly returning: Returning;
    }
  | { readonly kind: 'delete'; readonly where: Expression | null; readonly returning: Returning };

export interface Case {
  readonly seed: number;
  /** Whether the statement goes through REST or is run as SQL behind the caller's walls. */
  readonly path: 'rest' | 'sql';
  readonly members: readonly { readonly uid: Cell; readonly team: Cell }[];
  readonly rows: readonly Row[];
  /** Whether m has row-level security of its own; without it everybody sees it whole. */
  readonly membersWalled: boolean;
  readonly policies: readonly Policy[];
  readonly caller: { readonly role: 'anon' | 'authenticated'; readonly uid: number | null };
  readonly statement: Statement;
}

export function makeCase(seed: number): Case {
  const random = createRandom(seed);
  const path = random.chance(0.6) ? 'rest' : 'sql';
  const membersWalled = random.chance(0.4);
  const policies = [...makeFoundation(random), ...times(1 + random.integer(5), () => makePolicy(random, 't'))];
  const memberPolicies = membersWalled ? times(random.integer(3), () => makeMemberPolicy(random)) : [];
  return {
    seed,
    path,
    members: times(1 + random.integer(4), () => ({ uid: cell(random), team: cell(random) })),
    rows: [1, 2, 3, 4, 5, 6, 7, 8].filter(() => random.chance(0.8)).map((id) => makeRow(random, id)),
    membersWalled,
    policies: [...policies, ...memberPolicies],
    caller: { role: random.pick(['anon', 'authenticated']), uid: random.pick([null, 1, 2, 3]) },
    statement: makeStatement(random, path),
  };
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

function cell(random: Random): number | null {
  return random.chance(0.2) ? null : random.integer(4);
}

function makeCell(random: Random, column: Column): Cell {
  if (random.chance(0.2)) return null;
  if (column === 'st') return random.pick(['a', 'b', 'c']);
  return column === 'pub' ? random.chance(0.5) : random.integer(4);
}

function makeRow(random: Random, id: Cell): Row {
  const [owner, team, st, n, pub] = columns.map((column) => makeCell(random, column));
  return { id, owner: owner ?? null, team: team ?? null, st: st ?? null, n: n ?? null, pub: pub ?? null };
}

/** Without something that lets rows through, most cases would end at the first check. */
function makeFoundation(random: Random): Policy[] {
  const open = { table: 't', restrictive: false, role: 'public', using: { kind: 'literal', value: true }, check: null } as const;
  const kind = random.weighted([
    ['none', 5],
    ['all', 1],
    ['add', 2],
  ] as const);
  if (kind === 'none') return [];
  if (kind === 'all') return [{ ...open, command: 'all' }];
  return [
    { ...open, command: 'insert', using: null, check: { kind: 'literal', value: true } },
    { ...open, command: 'select' },
  ];
}

function makePolicy(random: Random, table: 't'): Policy {
  const command = makeCommand(random);
  const role = random.weighted([
    ['public', 2],
    ['anon', 1],
    ['authenticated', 1],
  ] as const);
  const makeUsing = () =>
    random.chance(0.25) ? ({ kind: 'literal', value: true } as const) : makeExpression(random, 3, 'policy');
  return {
    table,
    restrictive: random.chance(0.2),
    command,
    role,
    using: command === 'insert' ? null : makeUsing(),
    check: command === 'insert' || ((command === 'all' || command === 'update') && random.chance(0.5)) ? makeUsing() : null,
  };
}

function makeCommand(random: Random): Policy['command'] {
  return random.weighted([
    ['all', 2],
    ['select', 2],
    ['insert', 1],
    ['update', 1],
    ['delete', 1],
  ] as const);
}

/** Over m(uid, team), spoken with its columns' names in t: `owner` stands for uid. */
function makeMemberPolicy(random: Random): Policy {
  const using: Expression = random.pick([
    { kind: 'literal', value: true },
    { kind: 'uid', column: 'owner', by: 'claim' },
    { kind: 'compare', column: 'team', operator: random.pick(['=', '<>', '<', '>=']), value: random.integer(4) },
    { kind: 'null', column: 'team', negated: true },
  ] as const);
  return {
    table: 'm',
    restrictive: random.chance(0.2),
    command: random.pick(['all', 'select']),
    role: random.pick(['public', 'authenticated']),
    using,
    check: null,
  };
}

/** Filters REST can say have no literals, claims, sub-selects or coalesce. */
type Use = 'policy' | 'sql' | 'rest';

export function makeExpression(random: Random, depth: number, use: Use): Expression {
  if (depth > 0 && random.chance(0.45)) {
    const inner = () => makeExpression(random, depth - 1, use);
    const kind = random.pick(use === 'rest' ? (['and', 'or', 'not'] as const) : (['and', 'or', 'not', 'coalesce'] as const));
    if (kind === 'not') return { kind, inner: inner() };
    if (kind === 'coalesce') return { kind, inner: inner(), value: random.chance(0.5) };
    return { kind, left: inner(), right: inner() };
  }
  return makeLeaf(random, use);
}

function makeLeaf(random: Random, use: Use): Expression {
  const leaves =
    use === 'rest'
      ? (['compare', 'null', 'in', 'pub'] as const)
      : (['literal', 'compare', 'null', 'in', 'uid', 'pub', 'member'] as const);
  const kind = random.pick(leaves);
  switch (kind) {
    case 'literal':
      return {
        kind,
        value: random.weighted<boolean | null>([
          [true, 3],
          [false, 1],
          [null, 1],
        ]),
      };
    case 'compare': {
      if (random.chance(0.25))
        return { kind, column: 'st', operator: random.pick(['=', '<>']), value: random.pick(['a', 'b', 'c']) };
      return {
        kind,
        column: random.pick(['owner', 'team', 'n']),
        operator: random.pick(['=', '<>', '<', '>=']),
        value: random.integer(4),
      };
    }
    case 'null':
      return { kind, column: random.pick(columns), negated: random.chance(0.5) };
    case 'in': {
      const values: Cell[] = [random.integer(4), random.integer(4)];
      if (use !== 'rest' && random.chance(0.3)) values.push(null);
      return { kind, column: random.pick(['owner', 'team', 'n']), negated: random.chance(0.3), values };
    }
    case 'uid':
      return { kind, column: random.pick(['owner', 'n']), by: random.pick(['function', 'claim']) };
    case 'pub':
      return { kind };
    case 'member':
      return { kind, by: random.pick(['exists', 'in', 'function']) };
  }
}

function makeStatement(random: Random, path: 'rest' | 'sql'): Statement {
  const kind = random.weighted([
    ['select', 1],
    ['insert', 2],
    ['update', 2],
    ['delete', 1],
  ] as const);
  const where = random.chance(0.7) ? makeExpression(random, 2, path) : null;
  const returning: Returning = random.chance(0.4) ? 'rows' : path === 'sql' && random.chance(0.15) ? 'constant' : 'nothing';
  switch (kind) {
    case 'select':
      return { kind, where };
    case 'delete':
      return { kind, where, returning };
    case 'update':
      return { kind, set: makeSet(random, path), where, returning };
    case 'insert':
      return { kind, rows: makeNewRows(random), conflict: random.chance(0.5) ? makeConflict(random, path) : null, returning };
  }
}

function makeNewRows(random: Random): Row[] {
  const ids = Array.from({ length: 12 }, (_, index) => index + 1);
  return times(1 + random.integer(3), () => {
    const [id] = ids.splice(random.integer(ids.length), 1);
    return makeRow(random, id ?? null);
  });
}

function makeConflict(random: Random, path: 'rest' | 'sql'): Conflict {
  if (path === 'rest') return random.chance(0.5) ? { kind: 'merge' } : { kind: 'nothing', target: true };
  const kind = random.pick(['targetless', 'nothing', 'set', 'merge'] as const);
  if (kind === 'set') return { kind, set: makeSet(random, path) };
  return kind === 'merge' ? { kind } : { kind: 'nothing', target: kind === 'nothing' };
}

function makeSet(random: Random, path: 'rest' | 'sql'): Assignment[] {
  const chosen = columns.filter(() => random.chance(0.35));
  const set = chosen.length > 0 ? chosen : [random.pick(columns)];
  return set.map((column) => {
    const isInteger = column !== 'st' && column !== 'pub';
    if (path === 'sql' && isInteger && random.chance(0.25))
      return { column, value: { column: random.pick(['owner', 'team', 'n']) } };
    return { column, value: { literal: makeCell(random, column) } };
  });
}
