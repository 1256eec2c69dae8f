/** Mails, links and codes through the unmodified client: confirmation, magic link, recovery, email change, PKCE, phone. */

import type { SupabaseClient } from '@supabase/supabase-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../../support/auth-environment.ts';

let environment: AuthEnvironment;
let client: SupabaseClient;
let admin: SupabaseClient;

beforeEach(async () => {
  environment = await openAuthEnvironment({ settings: { mailer_autoconfirm: false, external_phone_enabled: true } });
  client = connect(environment, environment.anonKey);
  admin = connect(environment, environment.serviceKey);
});
afterEach(() => environment.close());

/** The newest mail's six-digit code and link. */
function newest(recipient: string): { code: string; link: string; hash: string; template: string } {
  const mail = environment.mails(recipient)[0];
  const link = /https?:\/\/\S+\/auth\/v1\/verify\?\S+/.exec(mail?.text ?? '')?.[0] ?? '';
  return {
    code: /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? '',
    link,
    hash: new URL(link || 'x:').searchParams.get('token') ?? '',
    template: mail?.template ?? '',
  };
}

async function click(link: string): Promise<URL> {
  const response = await environment.fetch(link, { redirect: 'manual' });
  expect(response.status).toBe(303);
  return new URL(response.headers.get('location') ?? '');
}

test('sign-up waits for the mail; the code confirms and signs in, once', async () => {
  const { data } = await client.auth.signUp({ email: 'a@x.io', password: 'secret1' });
  expect(data.session).toBeNull();
  expect(data.user).toMatchObject({
    email: 'a@x.io',
    identities: [{ provider: 'email' }],
    confirmation_sent_at: expect.any(String),
  });
  const early = await client.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' });
  expect(early.error).toMatchObject({ status: 400, code: 'email_not_confirmed' });
  const { code, template } = newest('a@x.io');
  expect(template).toBe('confirmation');
  const wrong = await client.auth.verifyOtp({ email: 'a@x.io', token: code === '000000' ? '000001' : '000000', type: 'signup' });
  expect(wrong.error).toMatchObject({ status: 403, code: 'otp_expired', message: 'Token has expired or is invalid' });
  const right = await client.auth.verifyOtp({ email: 'a@x.io', token: code, type: 'email' });
  expect(right.data.session).not.toBeNull();
  expect(right.data.user?.email_confirmed_at).toBeTruthy();
  expect(right.data.user?.identities?.[0]?.identity_data).toMatchObject({ email_verified: true });
  expect((await client.auth.verifyOtp({ email: 'a@x.io', token: code, type: 'email' })).error?.code).toBe('otp_expired');
});

test('a confirmed address answers a second sign-up like a new one', async () => {
  await admin.auth.admin.createUser({ email: 'a@x.io', password: 'secret1', email_confirm: true });
  const known = await client.auth.signUp({ email: 'a@x.io', password: 'secret2' });
  const fresh = await client.auth.signUp({ email: 'b@x.io', password: 'secret2' });
  expect(known.error).toBeNull();
  expect(known.data.user?.identities).toEqual([]);
  expect(Object.keys(known.data.user ?? {}).sort()).toEqual(Object.keys(fresh.data.user ?? {}).sort());
  expect(environment.mails('a@x.io')).toEqual([]);
});

test('a clicked magic link hands the session over in the fragment', async () => {
  await admin.auth.admin.createUser({ email: 'a@x.io', email_confirm: true });
  const { error } = await client.auth.signInWithOtp({
    email: 'a@x.io',
    options: { emailRedirectTo: 'https://app.example.com/welcome' },
  });
  expect(error).toBeNull();
  const { link, template } = newest('a@x.io');
  expect(template).toBe('magic_link');
  const target = await click(link);
  expect(target.origin + target.pathname).toBe('https://app.example.com/welcome');
  const fragment = new URLSearchParams(target.hash.slice(1));
  expect(fragment.get('type')).toBe('magiclink');
  expect((await client.auth.getUser(fragment.get('access_token') ?? '')).data.user?.email).toBe('a@x.io');
  const again = await click(link);
  expect(new URLSearchParams(again.hash.slice(1)).get('error_code')).toBe('otp_expired');
});

test('sign-in by code makes the user unless told not to', async () => {
  const refused = await client.auth.signInWithOtp({ email: 'n@x.io', options: { shouldCreateUser: false } });
  expect(refused.error).toMatchObject({ status: 422, code: 'otp_disabled', message: 'Signups not allowed for otp' });
  await client.auth.signInWithOtp({ email: 'n@x.io' });
  const { data } = await client.auth.verifyOtp({ email: 'n@x.io', token: newest('n@x.io').code, type: 'email' });
  expect(data.user?.email).toBe('n@x.io');
});

test('a PKCE link gives a code that only the starting client can exchange, once', async () => {
  await admin.auth.admin.createUser({ email: 'a@x.io', email_confirm: true });
  const pkce = connect(environment, environment.anonKey, { flowType: 'pkce', storageKey: 'pkce' });
  const other = connect(environment, environment.anonKey, { flowType: 'pkce', storageKey: 'other' });
  await pkce.auth.signInWithOtp({ email: 'a@x.io' });
  await other.auth.signInWithOtp({ email: 'b@x.io' });
  const { link, hash } = newest('a@x.io');
  expect(hash).toMatch(/^pkce_/);
  const code = (await click(link)).searchParams.get('code') ?? '';
  expect((await other.auth.exchangeCodeForSession(code)).error).toMatchObject({ code: 'bad_code_verifier' });
  const { data, error } = await pkce.auth.exchangeCodeForSession(code);
  expect(error).toBeNull();
  expect(data.user?.email).toBe('a@x.io');
  await pkce.auth.signInWithOtp({ email: 'a@x.io' });
  expect((await pkce.auth.exchangeCodeForSession(code)).error).toMatchObject({ status: 404, code: 'flow_state_not_found' });
});

test('recovery signs in to set a new password, and says nothing of unknown addresses', async () => {
  await admin.auth.admin.createUser({ email: 'a@x.io', password: 'secret1', email_confirm: true });
  expect((await client.auth.resetPasswordForEmail('nobody@x.io')).error).toBeNull();
  expect((await client.auth.resetPasswordForEmail('a@x.io')).error).toBeNull();
  expect(environment.mails()).toHaveLength(1);
  const { error } = await client.auth.verifyOtp({ token_hash: newest('a@x.io').hash, type: 'recovery' });
  expect(error).toBeNull();
  expect((await client.auth.updateUser({ password: 'secret2' })).error).toBeNull();
  expect((await client.auth.signInWithPassword({ email: 'a@x.io', password: 'secret2' })).error).toBeNull();
});

test('an email changes when both mailboxes have answered', async () => {
  await admin.auth.admin.createUser({ email: 'a@x.io', password: 'secret1', email_confirm: true });
  await client.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' });
  const { data } = await client.auth.updateUser({ email: 'new@x.io' });
  expect(data.user).toMatchObject({ email: 'a@x.io', new_email: 'new@x.io' });
  const half = await client.auth.verifyOtp({ email: 'a@x.io', token: newest('a@x.io').code, type: 'email_change' });
  expect(half).toMatchObject({ data: { session: null, user: null }, error: null });
  const whole = await client.auth.verifyOtp({ email: 'new@x.io', token: newest('new@x.io').code, type: 'email_change' });
  expect(whole.data.user).toMatchObject({ email: 'new@x.io' });
});

test('resend sends what is still open', async () => {
  await client.auth.signUp({ email: 'a@x.io', password: 'secret1' });
  const first = newest('a@x.io').code;
  expect((await client.auth.resend({ type: 'signup', email: 'a@x.io' })).error).toBeNull();
  expect((await client.auth.resend({ type: 'signup', email: 'nobody@x.io' })).error).toBeNull();
  expect(environment.mails('a@x.io')).toHaveLength(2);
  const second = newest('a@x.io').code;
  if (first !== second)
    expect((await client.auth.verifyOtp({ email: 'a@x.io', token: first, type: 'signup' })).error?.code).toBe('otp_expired');
  expect((await client.auth.verifyOtp({ email: 'a@x.io', token: second, type: 'signup' })).error).toBeNull();
});

test('reauthentication mails the nonce an old session needs to change its password', async () => {
  environment.set({ security_update_password_require_reauthentication: true });
  await admin.auth.admin.createUser({ email: 'a@x.io', password: 'secret1', email_confirm: true });
  await client.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' });
  environment.pass(16 * 60);
  expect((await client.auth.updateUser({ password: 'secret2' })).error).toMatchObject({
    status: 400,
    code: 'reauthentication_needed',
  });
  expect((await client.auth.reauthenticate()).error).toBeNull();
  const nonce = newest('a@x.io').code;
  expect((await client.auth.updateUser({ password: 'secret2', nonce: 'wrong' })).error).toMatchObject({
    status: 422,
    code: 'reauthentication_not_valid',
  });
  expect((await client.auth.updateUser({ password: 'secret2', nonce })).error).toBeNull();
});

test('phones sign up and in by code', async () => {
  const { data } = await client.auth.signUp({ phone: '+15551234567', password: 'secret1' });
  expect(data.session).toBeNull();
  const code = () => /\d{6}/.exec(environment.mails('15551234567')[0]?.text ?? '')?.[0] ?? '';
  const verified = await client.auth.verifyOtp({ phone: '+15551234567', token: code(), type: 'sms' });
  expect(verified.data.user).toMatchObject({ phone: '15551234567', app_metadata: { provider: 'phone' } });
  await client.auth.signInWithOtp({ phone: '+15551234567' });
  expect((await client.auth.verifyOtp({ phone: '+15551234567', token: code(), type: 'sms' })).error).toBeNull();
  expect((await client.auth.signInWithPassword({ phone: '+15551234567', password: 'secret1' })).error).toBeNull();
  expect((await client.auth.signUp({ phone: 'abc', password: 'secret1' })).error?.message).toBe(
    'Invalid phone number format (E.164 required)',
  );
});

test('an anonymous user becomes a named one and keeps its id', async () => {
  expect((await client.auth.signInAnonymously()).error).toMatchObject({ status: 422, code: 'anonymous_provider_disabled' });
  environment.set({ external_anonymous_users_enabled: true });
  const anonymous = await client.auth.signInAnonymously({ options: { data: { theme: 'dark' } } });
  expect(anonymous.data.user).toMatchObject({ is_anonymous: true, email: '', phone: '', app_metadata: {}, identities: [] });
  await client.auth.updateUser({ email: 'me@x.io' });
  const { data } = await client.auth.verifyOtp({ email: 'me@x.io', token: newest('me@x.io').code, type: 'email_change' });
  expect(data.user).toMatchObject({
    id: anonymous.data.user?.id,
    is_anonymous: false,
    email: 'me@x.io',
    user_metadata: { theme: 'dark' },
  });
});

test('administrators invite users and make links', async () => {
  const invited = await admin.auth.admin.inviteUserByEmail('i@x.io', { data: { team: 'red' } });
  expect(invited.data.user).toMatchObject({ email: 'i@x.io', invited_at: expect.any(String) });
  expect(newest('i@x.io').template).toBe('invite');
  expect((await client.auth.verifyOtp({ token_hash: newest('i@x.io').hash, type: 'invite' })).error).toBeNull();
  expect((await admin.auth.admin.inviteUserByEmail('i@x.io')).error).toMatchObject({ status: 422, code: 'email_exists' });
  const link = await admin.auth.admin.generateLink({
    type: 'magiclink',
    email: 'i@x.io',
    options: { redirectTo: 'https://app.example.com/in' },
  });
  expect(link.data.properties).toMatchObject({
    verification_type: 'magiclink',
    redirect_to: 'https://app.example.com/in',
    email_otp: expect.stringMatching(/^\d{6}$/),
  });
  expect(
    new URLSearchParams((await click(link.data.properties?.action_link ?? '')).hash.slice(1)).get('access_token'),
  ).toBeTruthy();
  const fresh = await admin.auth.admin.generateLink({ type: 'signup', email: 'g@x.io', password: 'secret1' });
  expect(fresh.data.user?.email).toBe('g@x.io');
  const change = await admin.auth.admin.generateLink({ type: 'email_change_new', email: 'i@x.io', newEmail: 'j@x.io' });
  expect(change.data.properties?.verification_type).toBe('email_change_new');
});
