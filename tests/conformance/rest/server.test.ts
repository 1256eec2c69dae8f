/** The cases that change nothing, through the real server and a project made by its Platform API. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from '../../faults/start-server.ts';
import { subjects } from './cases.ts';
import { checkCase } from './check-case.ts';
import { isHarmless, type Who } from './rest-case.ts';
import { fixture, restSettings, toRequest, users } from './rest-environment.ts';

const home = mkdtempSync(join(tmpdir(), 'koyalite-rest-server-'));
const tokens = new Map<Who, string>();
let server: RunningServer;
let base = '';

beforeAll(async () => {
  server = await startServer(home);
  const { ref } = z.object({ ref: z.string() }).parse(await server.platform('POST', '/projects', { name: 'Cases' }));
  await server.platform('POST', `/projects/${ref}/database/query`, { query: fixture });
  await server.platform('PATCH', `/projects/${ref}/settings`, { api: restSettings });
  const sign = async (claims: Record<string, unknown>) =>
    z.object({ token: z.string() }).parse(await server.platform('POST', `/projects/${ref}/tokens`, claims)).token;
  tokens.set('alice', await sign({ sub: users.alice, role: 'authenticated' }));
  tokens.set('bob', await sign({ sub: users.bob, role: 'authenticated' }));
  tokens.set('service', await sign({ role: 'service_role' }));
  base = `${server.url}/api/${ref}`;
}, 120_000);

afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

// The Platform API signs no token for a role that does not exist.
describe.each(Object.entries(subjects))('%s', (_, cases) => {
  const harmless = cases.filter((item) => isHarmless(item) && item.as !== 'stranger');
  test.each(harmless.map((item) => [item.name, item] as const))('%s', async (_name, item) => {
    const request = toRequest(base, item.request, item, (who) => tokens.get(who) ?? '');
    await checkCase(item, await fetch(request));
  });
});
