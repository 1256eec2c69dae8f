/** A project made through the Platform API, as an app would meet it: a URL, a key and a user's token. */

import { z } from 'zod';
import type { RunningServer } from './start-server.ts';

const projectSchema = z.object({ ref: z.string() });
const keysSchema = z.array(z.object({ name: z.string(), api_key: z.string().nullable() }));
const tokenSchema = z.object({ token: z.string() });

export interface TestProject {
  readonly ref: string;
  /** Path of its APIs: `/api/<ref>`. */
  readonly path: string;
  /** Key and bearer token of the user; for the server as it runs now and after a restart. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Creates a project, runs the SQL in it and signs a token for the user. */
export async function createTestProject(server: RunningServer, name: string, sql: string, userId: string): Promise<TestProject> {
  const { ref } = projectSchema.parse(await server.platform('POST', '/projects', { name }));
  await runSql(server, ref, sql);
  const keys = keysSchema.parse(await server.platform('GET', `/projects/${ref}/api-keys?reveal=true`));
  const key = keys.find((candidate) => candidate.name === 'anon')?.api_key;
  if (!key) throw new Error('The project has no anon key');
  const { token } = tokenSchema.parse(
    await server.platform('POST', `/projects/${ref}/tokens`, { sub: userId, role: 'authenticated' }),
  );
  return {
    ref,
    path: `/api/${ref}`,
    headers: { apikey: key, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  };
}

export async function runSql(server: RunningServer, ref: string, query: string): Promise<unknown> {
  return server.platform('POST', `/projects/${ref}/database/query`, { query });
}
