/** D21: SIGTERM ends the server only after the requests under way are answered, and with every file closed. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { startServer } from './start-server.ts';

const slowFunction = `create function count_slowly() returns bigint language sql stable as $$
  with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 4000000) select count(*) from numbers $$`;

test('a slow request that arrives before SIGTERM is answered, later ones are refused', async () => {
  const home = mkdtempSync(join(tmpdir(), 'koyalite-drain-'));
  const server = await startServer(home);
  await server.platform('POST', '/projects/demo/database/query', { query: slowFunction });
  const slow = fetch(`${server.url}/api/demo/rest/v1/rpc/count_slowly`);
  // Long enough to have reached its child process, far shorter than it takes.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const stopped = server.stop();
  const answer = await slow;
  expect([answer.status, await answer.text()]).toEqual([200, '4000000']);
  await stopped;
  await expect(fetch(`${server.url}/api/health/live`)).rejects.toThrow();
  rmSync(home, { recursive: true, force: true });
});

test('a server that ends closes every file, and remembers where each record ended', async () => {
  const home = mkdtempSync(join(tmpdir(), 'koyalite-drain-'));
  const server = await startServer(home);
  const refs = ['one', 'two', 'three'];
  for (const ref of refs) {
    await server.platform('POST', '/projects', { name: ref, ref });
    await server.platform('POST', `/projects/${ref}/auth/users`, { email: 'ada@example.com' });
  }
  await server.stop();
  const left = readdirSync(home, { recursive: true }).map(String);
  expect(left).toContain(join('environments', 'one', 'data.db'));
  expect(left.filter((file) => /-wal$|-shm$|server\.json$/.test(file))).toEqual([]);
  const db = new SQLite(join(home, 'control.db'), { readonly: true });
  const sql = 'SELECT ref FROM audit_anchors JOIN environments ON id = environment_id WHERE seq = 1 ORDER BY ref';
  const anchored = db.prepare(sql).pluck().all();
  db.close();
  expect(anchored).toEqual([...refs].sort());
  rmSync(home, { recursive: true, force: true });
});
