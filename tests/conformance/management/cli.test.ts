/** The command line against the real server: signing in, users, mails, members, tokens, the trial run. */

import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { run } from '../../../packages/cli/src/koyalite.ts';
import { type RunningServer, startServer } from '../../faults/start-server.ts';
import { letIn } from '../../support/let-app-in.ts';
import { ownerEmail, ownerPassword } from '../../support/management.ts';

const home = mkdtempSync(join(tmpdir(), 'koyalite-cli-'));
const credentials = join(home, 'elsewhere', 'credentials.json');
const serverEnv = { KOYALITE_ADMIN_EMAIL: ownerEmail, KOYALITE_ADMIN_PASSWORD: ownerPassword };
let server: RunningServer;

beforeAll(async () => {
  server = await startServer(home, { env: serverEnv });
  await server.platform('POST', '/projects', { name: 'Shop' });
});
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

async function koyalite(args: string[], options: { answers?: string[]; env?: Record<string, string> } = {}) {
  const answers = [...(options.answers ?? [])];
  let [out, err] = ['', ''];
  const terminal = {
    out(text: string) {
      out += text;
    },
    err(text: string) {
      err += text;
    },
    read: async () => '',
    ask: async () => answers.shift() ?? null,
  };
  const env = { KOYALITE_HOME: home, KOYALITE_CREDENTIALS: credentials, ...options.env };
  return { code: await run(args, terminal, env), out, err };
}

test('users are made, found, banned and deleted', async () => {
  const made = await koyalite(['auth', 'users', 'create', 'shop', 'ada@x.io', '--password', 'secret1', '--json']);
  expect(JSON.parse(made.out)).toMatchObject({ email: 'ada@x.io' });
  expect((await koyalite(['auth', 'users', 'list', 'shop', '--search', 'ADA'])).out).toMatch(/ada@x\.io/);
  expect((await koyalite(['auth', 'users', 'ban', 'shop', 'ada@x.io', '--hours', '1'])).out).toMatch(/^banned ada@x\.io until/);
  expect((await koyalite(['auth', 'users', 'ban', 'shop', 'ada@x.io', '--hours', '0'])).out).toMatch(/^let ada@x\.io in/);
  expect(await koyalite(['auth', 'users', 'delete', 'shop', 'ada@x.io'])).toMatchObject({ code: 2 });
  expect((await koyalite(['auth', 'users', 'delete', 'shop', 'ada@x.io', '--yes'])).code).toBe(0);
  expect((await koyalite(['auth', 'users', 'delete', 'shop', 'ada@x.io', '--yes'])).err).toMatch(/there is no user/);
});

test('the trial run goes through every flow and leaves nobody behind; its mail is listed', async () => {
  const { code, out } = await koyalite(['auth', 'test', 'shop', '--json']);
  const report = JSON.parse(out);
  expect(report.steps.filter((step: { ok: boolean }) => !step.ok)).toEqual([]);
  expect(report.steps.map((step: { step: string }) => step.step)).toEqual([
    'sign up',
    'sign in',
    'refresh',
    'read the user',
    'sign out',
    'signed out is out',
    'ask for recovery',
    'recover by mail',
    'set a new password',
    'remove the user',
  ]);
  expect(code).toBe(0);
  expect(JSON.parse((await koyalite(['auth', 'users', 'list', 'shop', '--json'])).out)).toMatchObject({ total: 0 });
  const [mail] = JSON.parse((await koyalite(['mails', 'list', 'shop', '--json'])).out);
  expect(mail).toMatchObject({ subject: expect.any(String), text: expect.stringContaining('token='), html: expect.any(String) });
  expect(JSON.parse((await koyalite(['mails', 'list', 'shop', '--to', 'nobody@x.io', '--json'])).out)).toEqual([]);
});

test('acting as a user begins with a reason, ends when asked, and is refused without', async () => {
  await koyalite(['auth', 'users', 'create', 'shop', 'grace@x.io', '--password', 'secret1']);
  const begin = (...more: string[]) => koyalite(['impersonation', 'start', 'shop', '--user', 'grace@x.io', ...more]);
  expect((await begin()).code).toBe(2);
  expect((await begin('--reason', 'ticket 7', '--minutes', '61')).code).toBe(2);
  expect(await koyalite(['impersonation', 'start', 'shop', '--user', 'nobody@x.io', '--reason', 'ticket 7'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('no user'),
  });
  const begun = JSON.parse((await begin('--reason', 'ticket 7', '--minutes', '5', '--json')).out);
  expect(Date.parse(begun.expires_at) - Date.now()).toBeLessThanOrEqual(300_000);
  const asUser = () =>
    fetch(`${server.url}/api/shop/auth/v1/user`, { headers: { authorization: `Bearer ${begun.token}`, apikey: begun.token } });
  expect(await (await asUser()).json()).toMatchObject({ email: 'grace@x.io' });
  const { out } = await begin('--reason', 'ticket 8');
  const [, id = ''] =
    /^ey\S+\nacts as grace@x\.io until \d{4}-.+\nend it: koyalite impersonation end shop (\S+)\n$/.exec(out) ?? [];
  expect((await koyalite(['impersonation', 'end', 'shop', id])).code).toBe(0);
  expect((await koyalite(['impersonation', 'end', 'shop', begun.id])).code).toBe(0);
  expect((await asUser()).status).toBeGreaterThanOrEqual(401);
  expect((await koyalite(['auth', 'users', 'delete', 'shop', 'grace@x.io', '--yes'])).code).toBe(0);
});

test('hardening changes what is weak once, and leaves what is stricter', async () => {
  await koyalite(['projects', 'create', 'Clinic']);
  await koyalite([
    'settings',
    'set',
    'clinic',
    'auth.jwt_exp=300',
    'auth.password_breach_check=hibp',
    'auth.sessions_timebox=86400',
  ]);
  const { changed } = JSON.parse((await koyalite(['settings', 'harden', 'clinic', '--json'])).out);
  expect(changed).toMatchObject({
    security_change_require_reauthentication: true,
    sessions_timebox: 43_200,
    mailer_autoconfirm: false,
  });
  expect(changed).not.toHaveProperty('jwt_exp');
  expect(changed).not.toHaveProperty('password_breach_check');
  const { auth } = JSON.parse((await koyalite(['settings', 'get', 'clinic', '--json'])).out);
  expect(auth).toMatchObject({ ...changed, jwt_exp: 300 });
  expect((await koyalite(['settings', 'harden', 'clinic'])).out).toBe('nothing to tighten\n');
});

test('the trial run says what does not work', async () => {
  await koyalite(['settings', 'set', 'shop', 'auth.disable_signup=true']);
  const { code, out, err } = await koyalite(['auth', 'test', 'shop']);
  expect(code).toBe(1);
  expect(out).toMatch(/FAILED +sign up +\d+ +422 Signups not allowed/);
  expect(err).toMatch(/1 of 2 steps failed/);
  await koyalite(['settings', 'set', 'shop', 'auth.disable_signup=null']);
});

test('signing in keeps a token for this user alone, and it works away from the server', async () => {
  const env = { KOYALITE_HOME: join(home, 'nowhere') };
  const wrong = await koyalite(['login', '--url', server.url], { env, answers: [ownerEmail, 'wrong'] });
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('password is wrong') });
  const done = await koyalite(['login', '--url', server.url], { env, answers: [ownerEmail, ownerPassword] });
  expect(done).toMatchObject({ code: 0, err: '' });
  expect(done.out).not.toContain('klp_');
  expect(statSync(credentials).mode & 0o777).toBe(0o600);
  expect((await koyalite(['projects', 'list'], { env })).out).toMatch(/shop/);
  expect((await koyalite(['projects', 'list', '--url', server.url], { env })).code).toBe(0);
  expect((await koyalite(['projects', 'list', '--url', 'http://127.0.0.1:1'], { env })).err).toMatch(/no token for/);
});

test('signing in asks for a code when there is a second factor', async () => {
  const started = (await server.platform('POST', '/profile/totp', { current_password: ownerPassword })) as { secret: string };
  const totp = new TOTP({ secret: started.secret });
  await server.platform('POST', '/profile/totp/confirm', { code: totp.generate() });
  const answers = [ownerPassword, totp.generate({ timestamp: Date.now() + 30_000 })];
  expect(await koyalite(['login', '--url', server.url, '--email', ownerEmail], { answers })).toMatchObject({ code: 0, err: '' });
  const replayed = await koyalite(['login', '--url', server.url, '--email', ownerEmail], { answers });
  expect(replayed).toMatchObject({ code: 1, err: expect.stringContaining('second factor is wrong') });
});

test('lost second factors are reset on the machine; the code signs in, a personal token may not do it', async () => {
  const env = { KOYALITE_HOME: join(home, 'nowhere') };
  const reset = (...more: string[]) => koyalite(['operators', 'reset-factors', ownerEmail, ...more]);
  expect(await koyalite(['operators', 'reset-factors', ownerEmail, '--yes'], { env })).toMatchObject({
    code: 1,
    err: expect.stringContaining('on the machine'),
  });
  expect(await reset()).toMatchObject({ code: 2 });
  expect((await koyalite(['operators', 'reset-factors', 'nobody@x.io', '--yes'])).err).toMatch(/no operator/);
  expect((await koyalite(['operators', 'list'])).out).toMatch(/owner@example\.com.* 1$/m);
  const wrong = await koyalite(['operators', 'reset-factors', ownerEmail], { answers: ['somebody'] });
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('does not match') });
  const { code, out } = await reset('--yes', '--json');
  expect(code).toBe(0);
  const { recovery_code } = JSON.parse(out);
  const first = await koyalite(['login', '--url', server.url, '--email', ownerEmail], {
    answers: [ownerPassword, recovery_code],
  });
  // The code leads to a second factor and to nothing else: no token is made before there is one.
  expect(first).toMatchObject({ code: 1, err: expect.stringContaining('Set up a second factor') });
  const started = (await server.platform('POST', '/profile/totp', { current_password: ownerPassword })) as { secret: string };
  await server.platform('POST', '/profile/totp/confirm', { code: new TOTP({ secret: started.secret }).generate() });
  expect((await reset('--yes')).out).toMatch(/^(?:[a-z2-9]{4}-){3}[a-z2-9]{4}\ngive it to owner@example\.com/);
});

test('who let an app in is listed, and taken back for one of them', async () => {
  await koyalite(['settings', 'set', 'shop', 'auth.oauth_server_enabled=true']);
  await koyalite(['auth', 'users', 'create', 'shop', 'uma@x.io', '--password', 'secret1']);
  const redirectUri = 'https://planner.example.com/cb';
  const made = await koyalite(['auth', 'clients', 'create', 'shop', 'Planner', redirectUri, '--public', '--json']);
  const clientId = String(JSON.parse(made.out).client_id);
  const keys = z.array(z.looseObject({ name: z.string(), api_key: z.string() }));
  const anon = keys
    .parse(await server.platform('GET', '/projects/shop/api-keys?reveal=true'))
    .find(({ name }) => name === 'anon')?.api_key;
  const user = createClient(`${server.url}/api/shop`, anon ?? '', { auth: { persistSession: false } });
  const { data } = await user.auth.signInWithPassword({ email: 'uma@x.io', password: 'secret1' });
  const ask = (path: string, init?: RequestInit) => fetch(`${server.url}/api/shop/auth/v1${path}`, init);
  const held = await letIn(user, { ask, clientId, redirectUri });
  expect(await held.reads()).toBe(true);
  const id = data.user?.id ?? '';
  expect((await koyalite(['auth', 'clients', 'users', 'shop', clientId])).out).toContain(`${id}  uma@x.io`);
  const revoke = () => koyalite(['auth', 'clients', 'revoke', 'shop', clientId, id]);
  expect(await revoke()).toMatchObject({ code: 0, out: `revoked: ${clientId} acts for ${id} no longer\n` });
  expect([await held.reads(), await held.renews()]).toEqual([false, false]);
  expect(await revoke()).toMatchObject({ code: 1, err: expect.stringContaining('no agreement') });
  await user.auth.signOut();
});

test('members, tokens and the record', async () => {
  const invited = await koyalite(['members', 'invite', 'shop', 'eve@x.io', 'viewer']);
  expect(invited.out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/accept-invite#token=/);
  expect((await koyalite(['members', 'list', 'shop'])).out).toMatch(/owner@example\.com +Admin +owner/);
  expect((await koyalite(['members', 'remove', 'shop', 'eve@x.io'])).err).toMatch(/no member/);
  const token = (await koyalite(['tokens', 'create', 'ci', '--project', 'shop', '--scope', 'write'])).out.trim();
  expect(token).toMatch(/^klp_/);
  const listed = JSON.parse((await koyalite(['tokens', 'list', '--json'])).out);
  expect(listed[0]).toMatchObject({ name: 'ci', scope: 'write', project_ref: 'shop' });
  expect((await koyalite(['tokens', 'revoke', listed[0].id])).code).toBe(0);
  expect((await koyalite(['audit', 'verify'])).out).toMatch(/^\d+ entries, whole and unaltered/);
  expect((await koyalite(['audit', 'verify', 'shop'])).out).toMatch(/^\d+ entries, whole and unaltered/);
});

test('the platform is set up: mails, single sign-on, operators and their roles', async () => {
  const set = await koyalite(['instance', 'set', 'mail.smtp_host=127.0.0.1', 'mail.smtp_port=9', 'mail.sender_address=k@x.io']);
  expect(set).toMatchObject({ code: 0, out: expect.stringMatching(/^changed mail\.smtp_host, mail\.smtp_port/) });
  const sso = ['sign_in.sso_name=Acme', 'sign_in.sso_client_secret=geheim', 'sign_in.sso_allowed_domains=["acme.example"]'];
  expect((await koyalite(['instance', 'set', ...sso])).code).toBe(0);
  const shown = JSON.parse((await koyalite(['instance', 'get', '--json'])).out);
  expect(shown).toMatchObject({
    mail: { smtp_port: 9, sender_address: 'k@x.io' },
    sign_in: { sso_name: 'Acme', sso_client_secret: '********', sso_allowed_domains: ['acme.example'] },
  });
  expect(await koyalite(['instance', 'set', 'nonsense.a=1'])).toMatchObject({ code: 2 });
  expect((await koyalite(['instance', 'set', 'mail.nonsense=1'])).err).toMatch(/nonsense/);
  expect(await koyalite(['instance', 'test-mail'])).toMatchObject({ code: 1, err: expect.stringMatching(/did not go out/) });
  await koyalite(['members', 'invite', 'shop', 'kay@x.io', 'viewer']);
  expect((await koyalite(['instance', 'mails'])).out).toMatch(/kay@x\.io.*queued/);
  expect((await koyalite(['operators', 'list'])).out).toMatch(/owner@example\.com.*owner/);
  expect((await koyalite(['operators', 'role', 'nobody@x.io', 'viewer'])).err).toMatch(/no operator/);
  expect((await koyalite(['operators', 'role', ownerEmail, 'viewer'])).err).toMatch(/needs an owner/);
  expect(await koyalite(['impersonation', 'list', 'shop', '--json'])).toMatchObject({ code: 0, out: '[]\n' });
});

test('an environment is restored from a copy, and its record says so', async () => {
  await koyalite(['projects', 'create', 'Ward']);
  const addUser = (name: string) => koyalite(['auth', 'users', 'create', 'ward', `${name}@x.io`]);
  await addUser('one');
  await addUser('two');
  // As the page on deployment says: with the server stopped.
  await server.stop();
  const file = join(home, 'environments/ward/data.db');
  copyFileSync(file, join(home, 'backup.db'));
  server = await startServer(home, { env: serverEnv });
  await addUser('three');
  expect((await koyalite(['audit', 'verify', 'ward'])).out).toBe('3 entries, whole and unaltered\n');
  await server.stop();
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  copyFileSync(join(home, 'backup.db'), file);
  server = await startServer(home, { env: serverEnv });

  expect(await koyalite(['audit', 'verify', 'ward'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('accept-restore ward'),
  });
  const gap = 'restored: entries after 2, up to 3, of the former record were given up at ';
  const accepted = await koyalite(['audit', 'accept-restore', 'ward', '--reason', 'the disk broke']);
  expect(accepted).toMatchObject({ code: 0, err: '' });
  expect(accepted.out).toMatch(new RegExp(`^${gap}\\S+Z by owner@example.com: the disk broke\n$`));
  const verified = await koyalite(['audit', 'verify', 'ward']);
  expect(verified).toMatchObject({ code: 0, out: expect.stringContaining(`3 entries, whole and unaltered\n${gap}`) });
  expect((await koyalite(['audit', 'accept-restore', 'ward', '--reason', 'again'])).err).toMatch(/nothing to accept/);
});
