/** Second factors and passkeys through the unmodified client. */

import type { SupabaseClient } from '@supabase/supabase-js';
import { Secret, TOTP } from 'otpauth';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../../support/auth-environment.ts';
import { newAuthenticator } from '../../support/authenticator.ts';

const origin = 'https://app.example.com';
let environment: AuthEnvironment;
let client: SupabaseClient;
let admin: SupabaseClient;
let userId: string;

beforeEach(async () => {
  environment = await openAuthEnvironment({
    settings: {
      mailer_autoconfirm: true,
      passkeys_enabled: true,
      mfa_phone_enroll_enabled: true,
      mfa_phone_verify_enabled: true,
      mfa_web_authn_enroll_enabled: true,
      mfa_web_authn_verify_enabled: true,
    },
  });
  client = connect(environment, environment.anonKey);
  admin = connect(environment, environment.serviceKey);
  const { data } = await client.auth.signUp({ email: 'a@x.io', password: 'secret1' });
  userId = data.user?.id ?? '';
});
afterEach(() => environment.close());

const codeAt = (secret: string, ms: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: ms });

async function enrollTotp(name = 'phone app'): Promise<{ id: string; secret: string }> {
  const { data, error } = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: name });
  expect(error).toBeNull();
  if (data?.type !== 'totp') throw new Error('no factor');
  expect(data.totp.qr_code).toMatch(/^data:image\/svg\+xml;utf-8,<svg/);
  expect(data.totp.uri).toContain(`secret=${data.totp.secret}`);
  return { id: data.id, secret: data.totp.secret };
}

test('TOTP lifts the session to aal2, and each code works once', async () => {
  const { id, secret } = await enrollTotp();
  const wrong = await client.auth.mfa.challengeAndVerify({ factorId: id, code: '000000' });
  expect(wrong.error).toMatchObject({ status: 422, code: 'mfa_verification_failed', message: 'Invalid TOTP code entered' });
  const code = codeAt(secret, environment.now());
  expect((await client.auth.mfa.challengeAndVerify({ factorId: id, code })).error).toBeNull();
  const level = await client.auth.mfa.getAuthenticatorAssuranceLevel();
  expect(level.data).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' });
  expect(level.data?.currentAuthenticationMethods.map((entry) => (typeof entry === 'string' ? entry : entry.method))).toContain(
    'totp',
  );
  const replay = await client.auth.mfa.challengeAndVerify({ factorId: id, code });
  expect(replay.error?.code).toBe('mfa_verification_failed');
  expect((await client.auth.mfa.listFactors()).data?.totp).toMatchObject([
    { id, status: 'verified', friendly_name: 'phone app' },
  ]);

  const later = connect(environment, environment.anonKey);
  await later.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' });
  expect((await later.auth.mfa.getAuthenticatorAssuranceLevel()).data).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal2' });
  expect((await later.auth.mfa.enroll({ factorType: 'totp' })).error).toMatchObject({ status: 403, code: 'insufficient_aal' });
  expect((await later.auth.updateUser({ password: 'secret2' })).error).toMatchObject({ status: 401, code: 'insufficient_aal' });
  expect((await later.auth.mfa.unenroll({ factorId: id })).error).toMatchObject({ status: 422, code: 'insufficient_aal' });
  environment.pass(60);
  expect((await later.auth.mfa.challengeAndVerify({ factorId: id, code: codeAt(secret, environment.now()) })).error).toBeNull();
  expect((await later.auth.refreshSession()).error).toBeNull();
  expect((await later.auth.mfa.getAuthenticatorAssuranceLevel()).data?.currentLevel).toBe('aal2');
  expect((await later.auth.mfa.unenroll({ factorId: id })).data).toEqual({ id });
});

test('factors have names, bounds and challenges that expire', async () => {
  const { id, secret } = await enrollTotp('one');
  const challenge = await client.auth.mfa.challenge({ factorId: id });
  environment.pass(301);
  const late = await client.auth.mfa.verify({
    factorId: id,
    challengeId: challenge.data?.id ?? '',
    code: codeAt(secret, environment.now()),
  });
  expect(late.error).toMatchObject({ status: 422, code: 'mfa_challenge_expired' });
  await client.auth.mfa.challengeAndVerify({ factorId: id, code: codeAt(secret, environment.now()) });
  expect((await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'one' })).error?.code).toBe(
    'mfa_factor_name_conflict',
  );
  environment.set({ mfa_max_enrolled_factors: 1 });
  expect((await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'two' })).error?.code).toBe(
    'too_many_enrolled_mfa_factors',
  );
  expect((await client.auth.mfa.challenge({ factorId: userId })).error).toMatchObject({
    status: 404,
    code: 'mfa_factor_not_found',
  });
  const listed = await admin.auth.admin.mfa.listFactors({ userId });
  expect(listed.data?.factors).toMatchObject([{ id, factor_type: 'totp' }]);
  expect((await admin.auth.admin.mfa.deleteFactor({ userId, id })).error).toBeNull();
  expect((await admin.auth.admin.mfa.listFactors({ userId })).data?.factors).toEqual([]);
});

test('a phone is a second factor', async () => {
  const { data } = await client.auth.mfa.enroll({ factorType: 'phone', phone: '+15550001111', friendlyName: 'mobile' });
  const factorId = data?.id ?? '';
  const challenge = await client.auth.mfa.challenge({ factorId });
  const code = /\d{6}/.exec(environment.mails('15550001111')[0]?.text ?? '')?.[0] ?? '';
  const verified = await client.auth.mfa.verify({ factorId, challengeId: challenge.data?.id ?? '', code });
  expect(verified.error).toBeNull();
  expect((await client.auth.mfa.getAuthenticatorAssuranceLevel()).data?.currentLevel).toBe('aal2');
});

const optionsSchema = z
  .looseObject({
    challenge: z.string(),
    rpId: z.string().default(''),
    rp: z.object({ id: z.string() }).default({ id: '' }),
    user: z.object({ id: z.string() }).default({ id: '' }),
  })
  .default({ challenge: '', rpId: '', rp: { id: '' }, user: { id: '' } });
const answerSchema = z.looseObject({
  id: z.string().optional(),
  challenge_id: z.string().optional(),
  access_token: z.string().optional(),
  options: optionsSchema,
  webauthn: z
    .looseObject({ credential_options: z.object({ publicKey: optionsSchema }) })
    .optional()
    .transform((value) => value?.credential_options.publicKey ?? optionsSchema.parse(undefined)),
});

/** The client's own WebAuthn calls need a browser's `navigator`; these are the requests they make. */
async function post(path: string, token: string, body: object): Promise<{ status: number; body: z.output<typeof answerSchema> }> {
  const headers = {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${token}`,
    apikey: environment.anonKey,
    'X-Supabase-Api-Version': '2024-01-01',
  };
  const response = await environment.fetch(`${environment.url}/auth/v1${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return { status: response.status, body: answerSchema.parse(await response.json()) };
}
const tokenOf = async (): Promise<string> => (await client.auth.getSession()).data.session?.access_token ?? '';

test('a security key is a second factor, for the site only', async () => {
  const key = newAuthenticator();
  const { data } = await client.auth.mfa.enroll({ factorType: 'webauthn', friendlyName: 'key' });
  const path = `/factors/${data?.id}`;
  const party = { rpId: 'app.example.com', rpOrigins: [origin] };
  for (const foreign of [
    { ...party, rpId: 'evil.example' },
    { ...party, rpOrigins: ['https://evil.example'] },
    { ...party, rpOrigins: [] },
  ]) {
    expect((await post(`${path}/challenge`, await tokenOf(), { webauthn: foreign })).status).toBe(400);
  }
  const create = await post(`${path}/challenge`, await tokenOf(), { webauthn: party });
  expect(create.body.webauthn).toMatchObject({ rp: { id: 'app.example.com' } });
  const made = key.register(create.body.webauthn, origin);
  const verified = await post(`${path}/verify`, await tokenOf(), {
    challenge_id: create.body.id,
    webauthn: { ...party, type: 'create', credential_response: made },
  });
  expect(verified.status).toBe(200);
  const token = String(verified.body.access_token);
  const request = await post(`${path}/challenge`, token, { webauthn: party });
  const options = request.body.webauthn;
  const elsewhere = key.authenticate(options, 'https://evil.example');
  const answer = (response: object) => ({
    challenge_id: request.body.id,
    webauthn: { ...party, type: 'request', credential_response: response },
  });
  expect((await post(`${path}/verify`, token, answer(elsewhere))).body).toMatchObject({ code: 'mfa_verification_failed' });
  expect((await post(`${path}/verify`, token, answer(key.authenticate(options, origin)))).status).toBe(200);
});

test('a passkey signs in without anything else, and its challenge works once', async () => {
  const key = newAuthenticator();
  const start = await post('/passkeys/registration/options', await tokenOf(), {});
  const credential = key.register(start.body.options, origin);
  const made = await post('/passkeys/registration/verify', await tokenOf(), {
    challenge_id: start.body.challenge_id,
    credential,
  });
  expect(made.status).toBe(200);
  expect(made.body).toMatchObject({ id: expect.any(String), created_at: expect.any(String) });
  const again = await post('/passkeys/registration/verify', await tokenOf(), {
    challenge_id: start.body.challenge_id,
    credential,
  });
  expect(again).toMatchObject({ status: 400, body: { code: 'webauthn_challenge_not_found' } });

  const asked = await post('/passkeys/authentication/options', environment.anonKey, {});
  const wrong = await post('/passkeys/authentication/verify', environment.anonKey, {
    challenge_id: asked.body.challenge_id,
    credential: newAuthenticator().authenticate(asked.body.options, origin),
  });
  expect(wrong).toMatchObject({ status: 400, body: { code: 'webauthn_verification_failed' } });
  const fresh = await post('/passkeys/authentication/options', environment.anonKey, {});
  const signedIn = await post('/passkeys/authentication/verify', environment.anonKey, {
    challenge_id: fresh.body.challenge_id,
    credential: key.authenticate(fresh.body.options, origin),
  });
  expect(signedIn.body).toMatchObject({ token_type: 'bearer', user: { id: userId } });

  const headers = { Authorization: `Bearer ${await tokenOf()}`, 'Content-Type': 'application/json' };
  const url = `${environment.url}/auth/v1/passkeys`;
  const renamed = await environment.fetch(`${url}/${made.body.id}`, {
    method: 'PATCH',
    headers,
    body: '{"friendly_name":"laptop"}',
  });
  expect(await renamed.json()).toMatchObject({ friendly_name: 'laptop' });
  expect(await (await environment.fetch(url, { headers })).json()).toMatchObject([
    { friendly_name: 'laptop', last_used_at: expect.any(String) },
  ]);
  expect((await environment.fetch(`${url}/${userId}`, { method: 'DELETE', headers })).status).toBe(404);
  expect((await environment.fetch(`${url}/${made.body.id}`, { method: 'DELETE', headers })).status).toBe(204);
});

test('recovery codes stand in for a lost factor, once each, and never stand alone', async () => {
  const own = connect(environment, environment.anonKey, { experimental: { recoveryCodes: true } });
  await own.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' });
  expect((await own.auth.mfa.recoveryCodes.generate()).error?.code).toBe('mfa_recovery_codes_sole_factor');
  const { data } = await own.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'app' });
  const secret = data?.type === 'totp' ? data.totp.secret : '';
  await own.auth.mfa.challengeAndVerify({ factorId: data?.id ?? '', code: codeAt(secret, environment.now()) });
  const made = await own.auth.mfa.recoveryCodes.generate({ friendlyName: 'paper' });
  expect(made.data).toMatchObject({ type: 'recovery_code', friendly_name: 'paper', total: 10 });
  const [first = '', second = ''] = made.data?.codes ?? [];
  const rows = environment.database.read((connection) =>
    JSON.stringify(connection.all('SELECT * FROM _koyalite_mfa_recovery_codes')),
  );
  expect(rows).not.toContain(first);
  expect((await own.auth.mfa.recoveryCodes.generate()).error?.code).toBe('mfa_verified_factor_exists');

  const later = connect(environment, environment.anonKey, { experimental: { recoveryCodes: true } });
  await later.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' });
  expect((await later.auth.mfa.recoveryCodes.regenerate()).error?.code).toBe('insufficient_aal');
  expect((await later.auth.mfa.recoveryCodes.verify({ code: 'wrong' })).error?.code).toBe('mfa_verification_failed');
  const typed = first.toUpperCase().replace(/(.{4})/g, '$1-');
  expect((await later.auth.mfa.recoveryCodes.verify({ code: typed })).error).toBeNull();
  expect((await later.auth.mfa.getAuthenticatorAssuranceLevel()).data?.currentLevel).toBe('aal2');
  expect((await later.auth.mfa.recoveryCodes.verify({ code: first })).error?.code).toBe('mfa_verification_failed');
  expect((await later.auth.mfa.recoveryCodes.getStatus()).data).toMatchObject({ total: 10, remaining: 9 });
  await later.auth.mfa.recoveryCodes.regenerate();
  expect((await later.auth.mfa.recoveryCodes.verify({ code: second })).error?.code).toBe('mfa_verification_failed');
  await own.auth.mfa.unenroll({ factorId: data?.id ?? '' });
  expect((await later.auth.mfa.recoveryCodes.getStatus()).error?.code).toBe('mfa_factor_not_found');
});
