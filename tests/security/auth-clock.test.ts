/** D13 for auth: the clock jumps forward and back; sessions neither end early nor does a window of theirs stretch. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { isTokenLive } from '#lib/services/auth/auth.ts';
import { type AuthEnvironment, openAuthEnvironment } from '../support/auth-environment.ts';
import { ask, newestMail, signIn } from '../support/auth-http.ts';

const minute = 60;
const hour = 3600;
let environment: AuthEnvironment;
beforeEach(async () => {
  environment = await openAuthEnvironment();
});
afterEach(() => environment.close());

const refresh = (token: unknown) => ask(environment, '/token?grant_type=refresh_token', { body: { refresh_token: token } });

test.each([5 * minute, -hour, 10 * minute, -10, 90 * 86_400])('after a step of %i s a session goes on', async (step) => {
  environment.set({ sessions_timebox: 365 * 86_400, sessions_inactivity_timeout: 100 * 86_400 });
  const session = await signIn(environment);
  environment.pass(step);
  const next = await refresh(session.refresh_token);
  expect(next.status).toBe(200);
  expect((await ask(environment, '/user', { token: String(next.body.access_token) })).status).toBe(200);
  environment.pass(-step);
  expect((await refresh(next.body.refresh_token)).status).toBe(200);
});

test('a step back does not stretch the reuse window of a rotated token', async () => {
  const session = await signIn(environment);
  await refresh(session.refresh_token);
  environment.pass(-hour);
  expect(await refresh(session.refresh_token)).toMatchObject({ status: 400, body: { code: 'refresh_token_already_used' } });
});

test('a timebox is an instant: a step back and forth neither extends nor shortens it', async () => {
  environment.set({ sessions_timebox: 2 * hour });
  const session = await signIn(environment);
  environment.pass(-hour);
  const early = await refresh(session.refresh_token);
  expect(early.status).toBe(200);
  environment.pass(hour + 2 * hour - minute);
  const late = await refresh(early.body.refresh_token);
  expect(late.status).toBe(200);
  // The data APIs end with it to the second, without the leeway that clocks are given.
  const claims = JSON.parse(Buffer.from(String(late.body.access_token).split('.')[1] ?? '', 'base64url').toString());
  const isLive = () => environment.database.read((connection) => isTokenLive(connection, claims, environment.now()));
  expect(isLive()).toBe(true);
  environment.pass(minute);
  expect(isLive()).toBe(false);
  expect((await refresh(late.body.refresh_token)).body.code).toBe('session_expired');
});

test('within a step forward codes and links expire by their own life', async () => {
  environment.set({ mailer_autoconfirm: false });
  await ask(environment, '/signup', { body: { email: 'n@x.io', password: 'secret1' } });
  const mail = newestMail(environment, 'n@x.io');
  environment.pass(5 * minute);
  expect((await ask(environment, '/verify', { body: { type: 'signup', email: 'n@x.io', token: mail.code } })).status).toBe(200);
  await ask(environment, '/otp', { body: { email: 'n@x.io' } });
  environment.pass(2 * hour);
  const late = newestMail(environment, 'n@x.io');
  expect((await ask(environment, '/verify', { body: { type: 'magiclink', token_hash: late.hash } })).body.code).toBe(
    'otp_expired',
  );
});
