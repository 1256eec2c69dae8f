/** The little world every case starts from: two teams, three users, four notes and their tags. */

export const ana = '11111111-1111-4111-8111-111111111111';
export const ben = '22222222-2222-4222-8222-222222222222';
/** Member of no team. */
export const cyd = '33333333-3333-4333-8333-333333333333';

export const asAna = { role: 'authenticated', sub: ana } as const;
export const asBen = { role: 'authenticated', sub: ben } as const;
export const asCyd = { role: 'authenticated', sub: cyd } as const;
export const asService = { role: 'service_role' } as const;

export const tables = `
  create table teams (id int primary key, name text not null unique);
  create table members (team_id int not null references teams, user_id uuid not null, primary key (team_id, user_id));
  create table notes (id int primary key, team_id int references teams, owner uuid, body text not null check (body <> 'forbidden'),
    public boolean, secret text, data jsonb, score int default 7);
  create table tags (id int primary key, note_id int references notes on delete cascade, label text not null);
`;

export const rows = `
  insert into teams values (1, 'red'), (2, 'blue');
  insert into members values (1, '${ana}'), (2, '${ben}');
  insert into notes values (1, 1, '${ana}', 'alpha', false, 's-alpha', '{"k": 1}', 1), (2, 2, '${ben}', 'beta', true, 's-beta', '{"k": 2}', 2),
    (3, 2, '${ben}', 'gamma', false, 's-gamma', '"no object"', 3), (4, 1, null, 'delta', null, 's-delta', null, null);
  insert into tags values (1, 1, 't-alpha'), (2, 2, 't-beta'), (3, 3, 't-gamma');
`;

export interface RlsCase {
  readonly name: string;
  /** KoyaLite SQL run as the operator: the policies, grants, views and functions of this case. */
  readonly given: string;
  /** Null = no token. */
  readonly as: Readonly<Record<string, unknown>> | null;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly prefer?: string;
  readonly status: number;
  /** The parsed body. */
  readonly answer?: unknown;
  /** Its error code. */
  readonly code?: string;
  readonly range?: string;
  /** Texts that appear neither in the body nor in a header. */
  readonly absent?: readonly string[];
  /** A query of the operator afterwards, and its rows. */
  readonly after?: readonly [string, readonly (readonly unknown[])[]];
}

export const returning = 'return=representation';
