/** Every file of a home is its owner's alone, whatever the umask: also while the server runs, and after a kill. */

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './start-server.ts';
import { createTestProject } from './test-project.ts';

const home = join(mkdtempSync(join(tmpdir(), 'koyalite-modes-')), 'home');
const withoutUmask = { prefix: ['sh', '-c', 'umask 000 && exec "$@"', 'sh'] };
let server: RunningServer;

beforeAll(async () => {
  server = await startServer(home, withoutUmask);
});
afterAll(async () => {
  await server.stop();
  rmSync(join(home, '..'), { recursive: true, force: true });
});

function readModes(folder = home): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = [folder, ...entries.map((entry) => join(entry.parentPath, entry.name))];
  return Object.fromEntries(paths.map((path) => [relative(home, path) || '.', (statSync(path).mode & 0o777).toString(8)]));
}

test('with a umask that takes nothing away', async () => {
  const project = await createTestProject(server, 'Modes', 'create table t (id int)', '00000000-0000-4000-8000-000000000001');
  const signedUp = await fetch(`${server.url}${project.path}/auth/v1/signup`, {
    method: 'POST',
    headers: project.headers,
    body: JSON.stringify({ email: 'a@x.io', password: 'secret1' }),
  });
  expect(signedUp.status).toBe(200);
  const found = readModes();
  const wanted = Object.fromEntries(
    Object.keys(found).map((path) => [path, statSync(join(home, path)).isDirectory() ? '700' : '600']),
  );
  expect(found).toEqual(wanted);
  for (const name of ['logs.db', 'logs.db-wal', 'control.db', 'control.db-wal', 'server.json', 'server.lock', 'master.key'])
    expect(found).toHaveProperty([name], '600');
  expect(found).toHaveProperty([`environments/${project.ref}/data.db-wal`], '600');
});

test('also of what a kill left behind', async () => {
  await server.kill();
  server = await startServer(home, withoutUmask);
  expect(Object.entries(readModes()).filter(([, mode]) => mode !== '600' && mode !== '700')).toEqual([]);
});
