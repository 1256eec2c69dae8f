/** D21: SIGTERM ends the server only after the requests under way are answered. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
