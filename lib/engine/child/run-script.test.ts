import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toCaller } from '#lib/engine/caller.ts';
import { type ChildPool, createChildPool } from '#lib/engine/child/child-pool.ts';
import type { ScriptJob } from '#lib/engine/child/job.ts';
import type { SqlResult } from '#lib/engine/engine.ts';
import { openFile } from '#lib/engine/open-file.ts';
import { migrateSystemTables } from '#lib/engine/system-migrate.ts';
import { engineMigrations } from '#lib/engine/system-tables.ts';

const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n';

let directory: string;
let file: string;
let pool: ChildPool;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-script-'));
  file = join(directory, 'a.db');
  const handle = openFile(file, { create: true });
  migrateSystemTables(handle, engineMigrations);
  handle.close();
  pool = createChildPool({ max: 1 });
});

afterEach(async () => {
  await pool.shutdown();
  rmSync(directory, { recursive: true });
});

function run(sql: string, more: Partial<ScriptJob> & { timeoutMs?: number } = {}): Promise<SqlResult[]> {
  const { timeoutMs = 60_000, ...fields } = more;
  const job: ScriptJob = {
    kind: 'script',
    file,
    sql,
    readOnly: false,
    dryRun: false,
    maxRows: 1000,
    caller: null,
    durability: 'full',
    ...fields,
  };
  return pool.run(job, { timeoutMs });
}

test('a script makes, fills and reads a table', async () => {
  const results = await run(
    "CREATE TABLE notes (id bigint PRIMARY KEY, body text); INSERT INTO notes VALUES (1, 'a'), (2, 'b'); SELECT * FROM notes",
  );
  expect(results.map(({ command, rowCount }) => [command, rowCount])).toEqual([
    ['CREATE TABLE', 0],
    ['INSERT', 2],
    ['SELECT', 2],
  ]);
  expect(results[2]).toMatchObject({
    columns: ['id', 'body'],
    rows: [
      [1, 'a'],
      [2, 'b'],
    ],
    truncated: false,
  });
});

const told = (results: SqlResult[]) => results.map(({ notices = [] }) => notices.map(({ level, code }) => `${level} ${code}`));

test('A28 a policy is saved with a word on what is unsafe about it, at the statement that set it', async () => {
  const unsafe = "using (auth.jwt() -> 'user_metadata' ->> 'role' = 'admin')";
  const made = await run(
    `create table notes (id int primary key); create policy admins on notes for select ${unsafe};
     create policy anyone on notes for insert with check (true); select 1`,
  );
  expect(told(made)).toEqual([[], ['error user-metadata'], ['warning always-true'], []]);
  expect(made[1]?.notices?.[0]).toMatchObject({
    message: expect.stringContaining('admins'),
    hint: 'Keep what grants access in app_metadata.',
  });
  expect(told(await run(`alter policy anyone on notes with check (id = 1)`))).toEqual([[]]);
  expect(told(await run(`alter policy admins on notes rename to chiefs`))).toEqual([['error user-metadata']]);
  expect(told(await run(`alter policy chiefs on notes using (false)`))).toEqual([[]]);
  expect(told(await run('alter table notes disable row level security'))).toEqual([['error rls-off']]);
  expect(told(await run('create policy more on notes for select using (true)'))).toEqual([['error rls-off']]);
  // By how the script ends.
  expect(told(await run('drop policy more on notes; alter table notes enable row level security'))).toEqual([[], []]);
  expect(told(await run('drop policy chiefs on notes; drop policy anyone on notes'))).toEqual([[], ['info no-policy']]);
});

test('a dry run says what would come of it and keeps nothing', async () => {
  await run('create table notes (id int primary key)');
  const tried = await run('insert into notes values (1); create policy p on notes for delete using (true); select * from notes', {
    dryRun: true,
  });
  expect(told(tried)).toEqual([[], ['warning always-true'], []]);
  expect(tried[2]?.rows).toEqual([[1]]);
  expect((await run('select * from notes'))[0]?.rows).toEqual([]);
  expect((await run('select * from _koyalite_rls_policies'))[0]?.rows).toEqual([]);
  await expect(run('create policy p on notes using (nope)', { dryRun: true })).rejects.toMatchObject({ sqlstate: '42703' });
});

test('a failure in the last statement keeps nothing of the first', async () => {
  await expect(run('CREATE TABLE notes (id bigint); SELECT * FROM missing')).rejects.toMatchObject({ sqlstate: '42P01' });
  await expect(run('SELECT * FROM notes')).rejects.toMatchObject({ sqlstate: '42P01' });
});

test('a script killed in the middle keeps nothing, and the file is sound', async () => {
  await run('CREATE TABLE notes (id bigint)');
  await expect(run(`INSERT INTO notes ${endless}`, { timeoutMs: 700 })).rejects.toMatchObject({ sqlstate: '57014' });
  expect((await run('SELECT count(*) FROM notes'))[0]?.rows).toEqual([[0]]);
  const db = new SQLite(file);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
});

test('an endless read is cut off at the row limit', async () => {
  const [result] = await run(endless, { maxRows: 5, readOnly: true });
  expect(result).toMatchObject({ rows: [[1], [2], [3], [4], [5]], truncated: true });
});

test.each([
  ['a plain write', 'INSERT INTO notes VALUES (1)'],
  ['a write after a read', 'SELECT 1; DELETE FROM notes'],
  ['a write in a CTE', 'WITH x AS (SELECT 1 AS id) INSERT INTO notes SELECT id FROM x'],
  ['a change of the schema', 'DROP TABLE notes'],
])('read-only refuses %s', async (_, sql) => {
  await run('CREATE TABLE notes (id bigint); INSERT INTO notes VALUES (9)');
  await expect(run(sql, { readOnly: true })).rejects.toMatchObject({ sqlstate: expect.stringMatching(/^(?:25006|42501)$/) });
  expect((await run('SELECT id FROM notes'))[0]?.rows).toEqual([[9]]);
});

test.each([
  ["ATTACH 'FILE' AS x"],
  ["VACUUM INTO 'FILE'"],
  ['PRAGMA writable_schema = ON'],
  ['PRAGMA journal_mode = DELETE'],
  ["SELECT load_extension('FILE')"],
  ['DELETE FROM _koyalite_rls_policies'],
  ["/* */ aTTaCH/**/'FILE' AS x"],
])('%s is refused and leaves no file', async (sql) => {
  const before = readdirSync(directory).filter((name) => !/-(?:wal|shm)$/.test(name));
  await expect(run(sql.replace('FILE', join(directory, 'other.db')))).rejects.toMatchObject({
    sqlstate: expect.stringMatching(/^4/),
  });
  expect(readdirSync(directory).filter((name) => !/-(?:wal|shm)$/.test(name))).toEqual(before);
});

test('broken references are refused within a script', async () => {
  await run('CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (p_id bigint REFERENCES p (id))');
  await expect(run('INSERT INTO c VALUES (5)')).rejects.toMatchObject({ sqlstate: '23503' });
});

test("changing a parent table's columns leaves its children alone", async () => {
  await run(`CREATE TABLE p (id bigint PRIMARY KEY, a text); CREATE TABLE c (p_id bigint REFERENCES p (id) ON DELETE CASCADE);
    INSERT INTO p VALUES (1, 'x'); INSERT INTO c VALUES (1)`);
  await run('ALTER TABLE p ALTER COLUMN a SET NOT NULL');
  expect((await run('SELECT count(*) FROM c'))[0]?.rows).toEqual([[1]]);
});

test("a caller's script never runs without the caller's walls", async () => {
  await run('CREATE TABLE notes (id bigint); INSERT INTO notes VALUES (1)');
  const outcome = await run('SELECT * FROM notes', { caller: toCaller('authenticated', { sub: 'u' }) }).catch(
    (error: unknown) => error,
  );
  expect(Array.isArray(outcome) ? outcome[0]?.rows : []).toEqual([]);
});

test('a query runs while another holds the write lock, and what writes does not', async () => {
  await run('create table a (x int); insert into a values (1)');
  const other = new SQLite(file);
  other.exec('BEGIN IMMEDIATE');
  for (const sql of ['select x from a', 'with b as (select x from a) select x from b', 'table a']) {
    expect((await run(sql))[0]?.rows, sql).toEqual([[1]]);
  }
  for (const sql of [
    'insert into a values (2)',
    'select x from a; delete from a',
    'with b as (select 2) insert into a select * from b',
  ]) {
    await expect(run(sql), sql).rejects.toThrow();
  }
  other.exec('ROLLBACK');
  other.close();
  await run('insert into a values (2)');
  expect((await run('select count(*) from a'))[0]?.rows).toEqual([[2]]);
});
