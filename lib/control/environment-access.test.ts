/** SQL, imports and tokens in an environment, over the API and a real engine; and the demo project, walls included. */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, makeTestControl, type TestControl } from '#lib/control/test-control.ts';

const ada = '00000000-0000-4000-8000-000000000001';
const grace = '00000000-0000-4000-8000-000000000002';

let started: TestControl;
beforeAll(async () => {
  started = await makeTestControl();
  await started.control.context.database.setting.delete({ where: { name: 'demo' } });
  expect(await started.control.firstStart()).toMatchObject({ demo: { ref: 'demo' } });
});
afterAll(() => started.close());

const ask = (path: string, body: unknown) => call(started.control, 'POST', path, { token: started.token, body });
const query = (text: string, more: Record<string, unknown> = {}) =>
  ask('/projects/demo/database/query', { query: text, ...more });
const ids = async (as: unknown) => {
  const answer = await query('select id from notes order by id', { as });
  return answer.rows.map((row) => row.id);
};

test('the answer is the rows of the last statement that gives any', async () => {
  const answer = await query("select 1 as a; select 2 as b, 'x' as c; update tags set name = name");
  expect(answer).toMatchObject({ status: 201, body: [{ b: 2, c: 'x' }] });
  expect((await query('update tags set name = name')).body).toEqual([]);
  expect((await query('select 1 as a where false')).body).toEqual([]);
});

test('or every result in full', async () => {
  const { fields } = await query('select 1 as a, 2 as a; update tags set name = name', { results: 'full' });
  expect(fields.results).toEqual([
    { command: 'SELECT', columns: ['a', 'a'], types: [null, null], rows: [[1, 2]], row_count: 1, truncated: false, notices: [] },
    { command: 'UPDATE', columns: [], types: [], rows: [], row_count: 3, truncated: false, notices: [] },
  ]);
});

test('integers keep every digit, bytes and infinities are told as PostgreSQL does', async () => {
  const { text } = await query(
    "select 9007199254740993 as big, -9223372036854775808 as least, x'00ff' as bytes, 9e999 as endless, 1.5 as real",
  );
  expect(text).toBe(
    '[{"big":9007199254740993,"least":-9223372036854775808,"bytes":"\\\\x00ff","endless":"Infinity","real":1.5}]',
  );
});

test('a mistake is told by its SQLSTATE and place', async () => {
  expect(await query('select *\n  from nope')).toMatchObject({
    status: 400,
    body: { code: '42P01', message: 'relation "nope" does not exist', line: 2, column: 8 },
  });
  expect(await query('selec 1')).toMatchObject({ status: 400, body: { code: '42601' } });
});

test('all or nothing: a failing statement takes the others with it', async () => {
  expect((await query("insert into tags (name) values ('kept?'); select * from nope")).status).toBe(400);
  expect((await query("select count(*) as n from tags where name = 'kept?'")).body).toEqual([{ n: 0 }]);
});

test('read_only refuses to write', async () => {
  expect(await query("insert into tags (name) values ('x')", { read_only: true })).toMatchObject({
    status: 400,
    body: { code: '25006' },
  });
  expect((await query('select 1 as one', { read_only: true })).body).toEqual([{ one: 1 }]);
});

test('the demo: everyone sees public notes, members their team’s', async () => {
  expect(await ids(undefined)).toEqual([1, 2, 3, 4, 5]);
  expect(await ids('anon')).toEqual([1, 5]);
  expect(await ids('authenticated')).toEqual([1, 5]);
  expect(await ids(ada)).toEqual([1, 2, 3, 5]);
  expect(await ids(grace)).toEqual([1, 2, 3, 4, 5]);
  expect(await ids({ sub: ada })).toEqual([1, 2, 3, 5]);
  expect(await ids({ role: 'authenticated', claims: { sub: ada } })).toEqual([1, 2, 3, 5]);
  expect(await ids('service_role')).toEqual([1, 2, 3, 4, 5]);
});

test('the demo: tags follow the notes one may see', async () => {
  const tagged = async (as: string) =>
    (await query('select note_id from note_tags order by 1', { as })).rows.map((row) => row.note_id);
  expect(await tagged('anon')).toEqual([1, 5]);
  expect(await tagged(ada)).toEqual([1, 2, 3, 5]);
});

test('acting as somebody is on record, the text is not', async () => {
  await query("select 'geheim' as secret", { as: ada });
  const entry = await started.control.context.database.auditEntry.findFirst({ orderBy: { seq: 'desc' } });
  expect(entry).toMatchObject({ action: 'database.query', subject: 'demo' });
  expect(JSON.parse(entry?.after ?? '')).toMatchObject({ command: 'SELECT', as: { role: 'authenticated', sub: ada } });
  expect(entry?.after).not.toContain('geheim');
});

test('whom one can act as', async () => {
  expect(await query('select 1', { as: 'nobody@example.com' })).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
  expect(await query('select 1', { as: 'sailor' })).toMatchObject({ status: 400, body: { code: 'unknown_role' } });
  expect(await query('select 1', { as: { role: 'sailor' } })).toMatchObject({ status: 400, body: { code: 'unknown_role' } });
  expect(await query('select id from notes where id = 4', { as: randomUUID() })).toMatchObject({ status: 201, body: [] });
});

test('a SQLite file comes in whole, and leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-import-'));
  const source = new SQLite(join(folder, 'a.db'));
  source.exec("CREATE TABLE boats (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO boats (name) VALUES ('Vela'), ('Argo')");
  source.close();
  await ask('/projects', { name: 'Boats' });
  const bytes = new Uint8Array(readFileSync(join(folder, 'a.db')));
  const imported = await ask('/projects/boats/database/import', bytes);
  expect(imported).toMatchObject({ status: 201, body: { tables: [{ name: 'boats', rows: 2 }] } });
  expect((await ask('/projects/boats/database/query', { query: 'select name from boats order by id' })).body).toEqual([
    { name: 'Vela' },
    { name: 'Argo' },
  ]);
  const broken = await ask('/projects/boats/database/import', new TextEncoder().encode('not a database'));
  expect(broken.status).toBe(400);
  expect(readdirSync(join(started.home, 'tmp'))).toEqual([]);
  rmSync(folder, { recursive: true });
});
