/** Runs a case here: through REST, or as SQL behind the caller's walls. */

import { z } from 'zod';
import { toCaller } from '#lib/engine/caller.ts';
import { guardSql } from '#lib/engine/policies/guard-sql.ts';
import { toParameters } from '#lib/engine/run/bind.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';
import { openRestEnvironment, type RestEnvironment } from '../../support/rest-environment.ts';
import type { Case } from './grammar.ts';
import { type Outcome, toRows } from './outcome.ts';
import { schema, toRest, toSetup, toStatement } from './render.ts';

export function openKoyaLite(): Promise<RestEnvironment> {
  return openRestEnvironment(schema, { api: { safeUpdate: false } });
}

const rowsSchema = z.array(z.record(z.string(), z.unknown()));
const problemSchema = z.object({ code: z.string() });

export async function runOnKoyaLite(target: RestEnvironment, item: Case): Promise<Outcome> {
  resetTo(target, item);
  const answer = item.path === 'rest' ? await runRest(target, item) : runSql(target, item);
  const table = target.database.read((connection) => connection.all('SELECT * FROM main.t'));
  return { ...answer, table: toRows(table) };
}

/** The case's rows and policies in place of those before. */
export function resetTo(target: RestEnvironment, item: Case): void {
  target.script(`delete from t; delete from m; ${dropPolicies(target)} ${toSetup(item)}`);
}

function dropPolicies(target: RestEnvironment): string {
  const rows = target.database.read((connection) => connection.all('SELECT table_name, name FROM main._koyalite_rls_policies'));
  return rows.map((row) => `drop policy ${row.name} on ${row.table_name};`).join(' ');
}

export function toClaims({ caller }: Case): Record<string, unknown> {
  return caller.uid === null ? { role: caller.role } : { role: caller.role, uid: caller.uid };
}

async function runRest(target: RestEnvironment, item: Case): Promise<Omit<Outcome, 'table'>> {
  const { method, path, prefer, body } = toRest(item.statement);
  const answer = await target.call(method, path, { as: toClaims(item), headers: { prefer }, body });
  if (answer.status >= 400) return { error: toError(answer.status, answer.text, item), affected: 0, returned: null };
  const returned = answer.text === '' ? null : toRows(rowsSchema.parse(answer.json));
  return { error: null, affected: Number(answer.headers.get('content-range')?.split('/')[1]), returned };
}

/** The SQLSTATE, once its status is the one PostgREST gives it. */
function toError(status: number, text: string, item: Case): string {
  const { code } = problemSchema.parse(JSON.parse(text));
  const expected = code === '42501' ? (item.caller.role === 'anon' ? 401 : 403) : code.startsWith('23505') ? 409 : 400;
  return status === expected ? code : `${code} with status ${status}`;
}

function runSql(target: RestEnvironment, item: Case): Omit<Outcome, 'table'> {
  const caller = toCaller(item.caller.role, toClaims(item));
  const wall = (sql: string) => ({ sql: guardSql(target.database.catalog, caller.role, sql), named: toParameters(caller, null) });
  try {
    const result = target.script(toStatement(item.statement), { wall }).at(-1);
    if (result === undefined) throw new Error('The statement was empty');
    const rows = result.rows.map((row) => Object.fromEntries(result.columns.map((column, index) => [column, row[index]])));
    return { error: null, affected: result.rowCount, returned: result.columns.length > 1 ? toRows(rows) : null };
  } catch (error) {
    return { error: isSqlError(error) ? error.sqlstate : toSqlError(error).sqlstate, affected: 0, returned: null };
  }
}
