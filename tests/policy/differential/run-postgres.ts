/** Runs a case on PostgreSQL, in a transaction that is rolled back. */

import pg from 'pg';
import type { Case } from './grammar.ts';
import { type Outcome, toRows } from './outcome.ts';
import { schema, toSetup, toStatement } from './render.ts';

export async function preparePostgres(client: pg.Client): Promise<void> {
  await client.query(`
    create role anon; create role authenticated;
    create schema auth; grant usage on schema auth to public;
    create function auth.jwt() returns jsonb language sql stable as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
    ${schema}
    alter table t enable row level security;`);
}

export async function runOnPostgres(client: pg.Client, item: Case): Promise<Outcome> {
  const { role, uid } = item.caller;
  const claims = JSON.stringify(uid === null ? { role } : { role, uid });
  await client.query(
    `begin; ${toSetup(item)} savepoint before; set local role ${role}; set local request.jwt.claims = '${claims}';`,
  );
  try {
    const answer = await runStatement(client, toStatement(item.statement));
    const table = await client.query('reset role; select * from t order by id');
    return { ...answer, table: toRows(lastRows(table)) };
  } finally {
    await client.query('rollback');
  }
}

async function runStatement(client: pg.Client, sql: string): Promise<Omit<Outcome, 'table'>> {
  try {
    const result = await client.query(sql);
    const returned = result.fields.length > 1 ? toRows(result.rows) : null;
    return { error: null, affected: result.rowCount ?? 0, returned };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query('rollback to before');
    return { error: error.code ?? '', affected: 0, returned: null };
  }
}

/** A text of several statements answers with a list, whatever the types say. */
function lastRows(result: pg.QueryResult | pg.QueryResult[]): Record<string, unknown>[] {
  const last = Array.isArray(result) ? result.at(-1) : result;
  return last?.rows ?? [];
}
