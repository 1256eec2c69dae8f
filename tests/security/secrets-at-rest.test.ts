/** X01, X02: after a day's work of users and operators, none of their secrets lies readable in a file, a log or a command line. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from '../faults/start-server.ts';
import { createTestProject, runSql } from '../faults/test-project.ts';

const ownerPassword = 'PLANTED-owner-password';
const schemaSql = `create table notes (id int primary key, body text);
create function endless() returns bigint language sql stable as $$
  with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n
$$;`;

let home: string;
let server: RunningServer;
let output = '';
/** What must not be found, by what it is. */
const secrets = new Map<string, string>();

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'koyalite-secrets-'));
  const env = {
    KOYALITE_ADMIN_EMAIL: 'owner@example.com',
    KOYALITE_ADMIN_PASSWORD: ownerPassword,
    KOYALITE_MASTER_KEY: Buffer.alloc(32, 'PLANTED-master-key').toString('base64'),
    KOYALITE_LOG_LEVEL: 'debug',
  };
  server = await startServer(home, {
    env,
    onOutput: (text) => {
      output += text;
    },
  });
  secrets.set("the owner's password", ownerPassword).set('the master key', env.KOYALITE_MASTER_KEY);
  await work();
}, 60_000);

afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Signs in, enrolls, changes, fails and leaves, as operators and users do, and notes every secret met on the way. */
async function work(): Promise<void> {
  const { ref, path, headers } = await createTestProject(server, 'Secrets', schemaSql, '00000000-0000-4000-8000-000000000001');
  const auth = {
    smtp_pass: 'PLANTED-smtp-password',
    external_google_secret: 'PLANTED-provider-secret',
    security_captcha_secret: 'PLANTED-captcha',
  };
  await server.platform('PATCH', `/projects/${ref}/config/auth`, auth);
  await server.platform('PATCH', `/projects/${ref}/settings`, { api: { statementTimeoutMs: 300 } });
  for (const [name, value] of Object.entries(auth)) secrets.set(name, value);
  const made = z.object({ api_key: z.string() });
  secrets.set(
    'a secret key',
    made.parse(await server.platform('POST', `/projects/${ref}/api-keys`, { type: 'secret', name: 'worker' })).api_key,
  );
  const token = z.object({ token: z.string() }).parse(await server.platform('POST', '/profile/tokens', { name: 'ci' }));
  secrets.set("an operator's token", token.token);

  const url = `${server.url}${path}`;
  const client = createClient(url, headers.apikey ?? '', { auth: { persistSession: false, autoRefreshToken: false } });
  secrets.set("a user's password", 'PLANTED-user-password').set('a wrong password', 'PLANTED-wrong-password');
  await client.auth.signUp({ email: 'a@x.io', password: 'PLANTED-user-password' });
  await client.auth.signInWithPassword({ email: 'a@x.io', password: 'PLANTED-wrong-password' });
  const { data } = await client.auth.signInWithPassword({ email: 'a@x.io', password: 'PLANTED-user-password' });
  const factor = await client.auth.mfa.enroll({ factorType: 'totp' });
  if (factor.data?.type !== 'totp') throw new Error('no factor');
  const { id, totp } = factor.data;
  await client.auth.mfa.challengeAndVerify({ factorId: id, code: new TOTP({ secret: totp.secret }).generate() });
  secrets.set('a TOTP secret', totp.secret);
  const { session } = (await client.auth.refreshSession()).data;
  secrets.set('a refresh token', session?.refresh_token ?? '').set('an old refresh token', data.session?.refresh_token ?? '');
  secrets.set('the signature of an access token', session?.access_token.split('.')[2] ?? '');

  const { access_token = '' } = session ?? {};
  // Where a careless client puts them: in the address, and in requests that fail and are logged.
  await fetch(`${url}/rest/v1/notes?apikey=${headers.apikey}&access_token=${access_token}&body=eq.PLANTED-filter`);
  secrets.set('a filter', 'PLANTED-filter');
  await fetch(`${url}/auth/v1/verify?token=PLANTED-link-token&type=signup`, { redirect: 'manual' });
  secrets.set("a link's token", 'PLANTED-link-token');
  const failed = await fetch(`${url}/rest/v1/rpc/endless?secret=PLANTED-argument`, { method: 'POST', headers, body: '{}' });
  expect(failed.status).toBeGreaterThanOrEqual(400);
  secrets.set('an argument', 'PLANTED-argument');
  await runSql(server, ref, 'select 1');
  const signIn = await fetch(`${server.url}/api/platform/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'owner@example.com', password: ownerPassword }),
  });
  secrets.set("an operator's session", /=([^;]+)/.exec(signIn.headers.get('set-cookie') ?? '')?.[1] ?? '');
  await fetch(`${url}/rest/v1/rpc/endless`, { method: 'POST', headers, body: '{}' });
}

test('every secret was met', () => {
  expect(secrets.size).toBeGreaterThanOrEqual(17);
  expect([...secrets].filter(([, value]) => value.length < 12)).toEqual([]);
});

test('X01 no file of the home and no command line holds one', async () => {
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' })
    .map((name) => join(home, name))
    .filter((file) => statSync(file).isFile());
  const found: string[] = [];
  for (const file of files) {
    const content = readFileSync(file).toString('latin1');
    for (const [name, value] of secrets) if (content.includes(value)) found.push(`${name} in ${file.slice(home.length)}`);
  }
  expect(found).toEqual([]);
  expect(files.some((file) => file.endsWith('data.db-wal'))).toBe(true);
  const command = readFileSync(`/proc/${server.pid}/cmdline`, 'latin1');
  for (const value of secrets.values()) expect(command).not.toContain(value);
});

test('X02 no line of the log holds one, though failures were logged', async () => {
  // The answer may be here before the line is.
  await vi.waitFor(() => expect(output).toContain('request failed'), { timeout: 30_000 });
  const lines = output
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'));
  for (const [name, value] of secrets) expect([name, output.includes(value)]).toEqual([name, false]);
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
});
