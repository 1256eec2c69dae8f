/** D06: more endless queries than there are processes for them. They end at the limit; point reads are answered meanwhile. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './start-server.ts';
import { createTestProject, type TestProject } from './test-project.ts';

const schemaSql = `
create table notes (id int primary key, body text);
create policy own on notes for select to authenticated using (true);
insert into notes values (1, 'first');
create function endless() returns bigint language sql stable as $$
  with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n
$$;`;

let home: string;
let server: RunningServer;
let project: TestProject;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'koyalite-slow-'));
  server = await startServer(home);
  project = await createTestProject(server, 'slow', schemaSql, '11111111-1111-4111-8111-111111111111');
  await server.platform('PATCH', `/projects/${project.ref}/settings`, { api: { statementTimeoutMs: 1500 } });
});
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const ask = (path: string, method = 'GET') =>
  fetch(`${server.url}${project.path}/rest/v1${path}`, { method, headers: project.headers });

test('D06 endless queries are killed at the limit, and no point read waits for one', async () => {
  let ended = 0;
  // Twice the processes there are.
  const slow = Array.from({ length: 4 }, async () => {
    const answer = await ask('/rpc/endless', 'POST');
    ended += 1;
    return { status: answer.status, text: await answer.text() };
  });
  let before = 0;
  while (ended === 0) {
    expect(await (await ask('/notes?id=eq.1')).json()).toEqual([{ id: 1, body: 'first' }]);
    if (ended === 0) before += 1;
  }
  expect(before).toBeGreaterThan(50);
  for (const { status, text } of await Promise.all(slow)) {
    expect([status, JSON.parse(text)]).toMatchObject([500, { code: '57014' }]);
    expect(text).not.toContain(home);
  }
  expect((await ask('/notes')).status).toBe(200);
});
