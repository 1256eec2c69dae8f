/** A20: changing how one signs in from a session that has not proven for a while who holds it. */

import { Secret, TOTP } from 'otpauth';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthEnvironment, openAuthEnvironment } from '../support/auth-environment.ts';
import { ask, newestMail, signIn } from '../support/auth-http.ts';

const settings = {
  security_change_require_reauthentication: true,
  security_manual_linking_enabled: true,
  passkeys_enabled: true,
  external_phone_enabled: true,
  sms_autoconfirm: true,
  external_github_enabled: true,
  external_github_client_id: 'id',
  external_github_secret: 'secret',
};
let environment: AuthEnvironment;
beforeEach(async () => {
  environment = await openAuthEnvironment({ settings });
});
afterEach(() => environment.close());

const old = 15 * 60 + 1;
const needed = { status: 403, body: { code: 'reauthentication_needed' } };
const statusOf = async (token: string | undefined) => (await ask(environment, '/user', { token: token ?? '' })).status;
const codeOf = (secret: unknown) =>
  new TOTP({ secret: Secret.fromBase32(String(secret)) }).generate({ timestamp: environment.now() });

/** Enrols an authenticator app; returns its id, its secret and the session's token as it is then. */
async function enroll(token: string) {
  const { body: factor } = await ask(environment, '/factors', { token, body: { factor_type: 'totp' } });
  const lifted = await answer(token, String(factor.id), Object(factor.totp).secret);
  return { id: String(factor.id), secret: Object(factor.totp).secret as unknown, token: String(lifted.body.access_token) };
}

async function answer(token: string, id: string, secret: unknown) {
  const challenge = await ask(environment, `/factors/${id}/challenge`, { token, body: {} });
  const body = { challenge_id: challenge.body.id, code: codeOf(secret) };
  return ask(environment, `/factors/${id}/verify`, { token, body });
}

/** Everything that decides how the user signs in, the password aside. */
const changes: [string, string, string, ((round: number) => object)?][] = [
  ['the email', 'PUT', '/user', (round) => ({ email: `b${round}@x.io` })],
  ['the phone', 'PUT', '/user', (round) => ({ phone: `1555123000${round}` })],
  ['a new factor', 'POST', '/factors', () => ({ factor_type: 'totp' })],
  ['a new passkey', 'POST', '/passkeys/registration/options', () => ({})],
  ['the removal of a passkey', 'DELETE', '/passkeys/00000000-0000-4000-8000-000000000000'],
  ['a linked identity', 'GET', '/user/identities/authorize?provider=github&skip_http_redirect=true'],
  ['an unlinked identity', 'DELETE', '/user/identities/00000000-0000-4000-8000-000000000000'],
  [
    'a linked ID token',
    'POST',
    '/token?grant_type=id_token',
    () => ({ provider: 'google', id_token: 'a.b.c', link_identity: true }),
  ],
  ['new recovery codes', 'POST', '/factors/recovery-codes', () => ({})],
];

test.each(changes)(
  'A20 %s from an old session is refused, and allowed once it is proven',
  async (_name, method, path, toBody) => {
    const { access_token: token = '' } = await signIn(environment);
    let round = 0;
    const change = () => ask(environment, path, { method, token, ...(toBody === undefined ? {} : { body: toBody(round++) }) });
    environment.pass(old);
    expect(await change()).toMatchObject(needed);
    expect((await ask(environment, '/reauthenticate', { token, body: { current_password: 'secret1' } })).status).toBe(204);
    expect((await change()).body.code).not.toBe('reauthentication_needed');
    environment.pass(old);
    expect(await change()).toMatchObject(needed);
    environment.set({ security_change_require_reauthentication: false });
    expect((await change()).body.code).not.toBe('reauthentication_needed');
  },
);

test('A20 the proof is the password or a mailed code, comes with the change or before it, and a wrong one proves nothing', async () => {
  const { access_token: token = '' } = await signIn(environment);
  const other = await signIn(environment);
  const change = (body: object) => ask(environment, '/user', { method: 'PUT', token, body });
  const prove = (body: object) => ask(environment, '/reauthenticate', { token, body });
  environment.pass(old);
  expect((await prove({})).status).toBe(400);
  expect(await prove({ current_password: 'wrong' })).toMatchObject({ status: 400, body: { code: 'current_password_invalid' } });
  await ask(environment, '/reauthenticate', { token });
  const { code } = newestMail(environment, 'a@x.io');
  const wrong = code === '123456' ? '654321' : '123456';
  expect(await prove({ nonce: wrong })).toMatchObject({ status: 422, body: { code: 'reauthentication_not_valid' } });
  expect(await change({ phone: '15551230000' })).toMatchObject(needed);
  expect((await change({ phone: '15551230000', nonce: code })).status).toBe(200);
  expect(await statusOf(other.access_token)).toBe(403);
  expect(await statusOf(token)).toBe(200);
  environment.pass(old);
  expect(await change({ phone: '15551230001', nonce: code })).toMatchObject({ status: 422 });
  expect((await change({ phone: '15551230001', current_password: 'secret1' })).status).toBe(200);
  const actions = environment.database.read((connection) =>
    connection.all(`SELECT traits FROM _koyalite_auth_audit WHERE action = 'user_reauthenticated' ORDER BY id`),
  );
  expect(actions.map(({ traits }) => JSON.parse(String(traits)))).toEqual([{ method: 'nonce' }, { method: 'password' }]);
});

test('A20 a proof counts for its own session, not for another of the user', async () => {
  const mine = await signIn(environment);
  const stolen = await signIn(environment);
  environment.pass(old);
  await ask(environment, '/reauthenticate', { token: mine.access_token ?? '', body: { current_password: 'secret1' } });
  const body = { factor_type: 'totp' };
  expect(await ask(environment, '/factors', { token: stolen.access_token ?? '', body })).toMatchObject(needed);
});

test('A20 a second factor proves it too; its enrolment and its removal end the other sessions', async () => {
  const first = await signIn(environment);
  const elsewhere = await signIn(environment);
  const factor = await enroll(first.access_token ?? '');
  expect(await statusOf(elsewhere.access_token)).toBe(403);
  const second = await signIn(environment);
  environment.pass(old);
  const remove = () => ask(environment, `/factors/${factor.id}`, { method: 'DELETE', token: factor.token });
  expect(await remove()).toMatchObject(needed);
  expect((await answer(factor.token, factor.id, factor.secret)).status).toBe(200);
  expect(await statusOf(second.access_token)).toBe(200);
  expect((await remove()).status).toBe(200);
  expect(await statusOf(second.access_token)).toBe(403);
});

test('A20 an enrolment that began long ago is not finished without proof, and giving it up needs none', async () => {
  const { access_token: token = '' } = await signIn(environment);
  const { body: factor } = await ask(environment, '/factors', { token, body: { factor_type: 'totp' } });
  environment.pass(old);
  expect(await answer(token, String(factor.id), Object(factor.totp).secret)).toMatchObject(needed);
  expect((await ask(environment, `/factors/${factor.id}`, { method: 'DELETE', token })).status).toBe(200);
});

test('A20 a confirmed new email ends every earlier session', async () => {
  const { access_token: token = '' } = await signIn(environment);
  environment.set({ mailer_secure_email_change_enabled: false });
  expect((await ask(environment, '/user', { method: 'PUT', token, body: { email: 'b@x.io' } })).status).toBe(200);
  const { hash } = newestMail(environment, 'b@x.io');
  const confirmed = await ask(environment, '/verify', { body: { type: 'email_change', token_hash: hash } });
  expect(confirmed.status).toBe(200);
  expect(await statusOf(token)).toBe(403);
  expect(await statusOf(String(confirmed.body.access_token))).toBe(200);
});

test('A20 an anonymous user, who could prove nothing, may still take an email', async () => {
  environment.set({ external_anonymous_users_enabled: true });
  const { body } = await ask(environment, '/signup', { body: {} });
  const token = String(body.access_token);
  environment.pass(old);
  expect((await ask(environment, '/user', { method: 'PUT', token, body: { email: 'new@x.io' } })).status).toBe(200);
});

test('A20 a password keeps its own setting and its own answer', async () => {
  const { access_token: token = '' } = await signIn(environment);
  const change = (body: object) => ask(environment, '/user', { method: 'PUT', token, body });
  environment.pass(old);
  environment.set({ security_update_password_require_reauthentication: true });
  expect(await change({ password: 'secret2' })).toMatchObject({ status: 400, body: { code: 'reauthentication_needed' } });
  await ask(environment, '/reauthenticate', { token, body: { current_password: 'secret1' } });
  expect((await change({ password: 'secret2' })).status).toBe(200);
});
