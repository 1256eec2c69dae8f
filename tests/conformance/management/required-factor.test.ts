/** A second factor required of every operator: what one without it may still do, and that nobody is shut out for good. */

import { TOTP } from 'otpauth';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addOperator } from '#lib/control/test-control.ts';
import { type Management, ownerEmail, ownerPassword, startManagement } from '../../support/management.ts';

let management: Management;
beforeEach(async () => {
  management = await startManagement();
  await management.ask('POST', '/projects', { body: { name: 'Shop' } });
});
afterEach(() => management.close());

const ask: Management['ask'] = (...call) => management.ask(...call);
const require = (on: boolean, as: object = {}) =>
  ask('PATCH', '/instance/sign-in', { ...as, body: { second_factor_required: on } });
const signIn = async (more: Record<string, unknown> = {}) => {
  const body = { email: ownerEmail, password: ownerPassword, ...more };
  const answer = await ask('POST', '/sign-in', { token: null, body });
  return { status: answer.status, code: answer.fields.code, cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' };
};
const needed = { status: 403, body: { code: 'second_factor_required' } };
const current = { current_password: ownerPassword };

async function enroll(cookie: string): Promise<{ totp: TOTP; codes: string[] }> {
  const started = await ask('POST', '/profile/totp', { cookie, body: current });
  const totp = new TOTP({ secret: String(started.fields.secret) });
  const confirmed = await ask('POST', '/profile/totp/confirm', { cookie, body: { code: totp.generate() } });
  expect(confirmed.status).toBe(200);
  return { totp, codes: confirmed.fields.recovery_codes as string[] };
}

test('an operator without a factor signs in to set one up, and does nothing else before', async () => {
  expect((await require(true)).status).toBe(200);
  const { cookie } = await signIn();
  expect(await ask('GET', '/profile', { cookie })).toMatchObject({ status: 200, body: { must_enroll: true } });
  for (const [method, path, body] of [
    ['GET', '/projects', undefined],
    ['POST', '/projects', { name: 'Other' }],
    ['GET', '/projects/shop/api-keys?reveal=true', undefined],
    ['POST', '/profile/tokens', { name: 'mine', scope: 'admin' }],
    ['POST', '/profile/password', { ...current, password: 'another password of mine' }],
    ['PATCH', '/instance/sign-in', { second_factor_required: false }],
    ['GET', '/audit', undefined],
  ] as const)
    expect(await ask(method, path, { cookie, ...(body === undefined ? {} : { body }) }), path).toMatchObject(needed);
  await enroll(cookie);
  expect(await ask('GET', '/profile', { cookie })).toMatchObject({ body: { must_enroll: false } });
  expect((await ask('GET', '/projects', { cookie })).status).toBe(200);
});

test('a session from before the setting is held as well, and freed when the setting goes', async () => {
  const { cookie } = await signIn();
  await require(true);
  expect(await ask('GET', '/projects', { cookie })).toMatchObject(needed);
  await require(false);
  expect((await ask('GET', '/projects', { cookie })).status).toBe(200);
});

test('tokens of an operator without a factor are refused everywhere, those of one with it work', async () => {
  const other = await addOperator(management.platform.control, { ref: 'shop', role: 'admin' });
  const metrics = (token: string) =>
    management.platform.handle(new Request('http://localhost:3000/metrics', { headers: { authorization: `Bearer ${token}` } }));
  await require(true);
  for (const path of ['/projects', '/profile', '/projects/shop/api-keys'])
    expect(await ask('GET', path, { token: other.token }), path).toMatchObject(needed);
  expect((await metrics(other.token)).status).toBe(404);
  expect((await metrics(management.token)).status).toBe(200);
  const data = { id: 'f', operatorId: other.actor.operatorId ?? '', kind: 'totp', name: 'App', confirmedAt: new Date() };
  await management.platform.control.context.database.operatorFactor.create({ data });
  expect((await ask('GET', '/projects', { token: other.token })).status).toBe(200);
});

test('nobody shuts themselves out: turning it on, giving the last factor up, losing the phone', async () => {
  const { cookie } = await signIn();
  expect(await require(true, { cookie })).toMatchObject({ status: 409, body: { code: 'no_factor' } });
  const { codes } = await enroll(cookie);
  expect((await require(true, { cookie })).status).toBe(200);
  expect(await ask('DELETE', '/profile/totp', { cookie, body: current })).toMatchObject({
    status: 409,
    body: { code: 'second_factor_required' },
  });
  expect(await ask('GET', '/profile/factors', { cookie })).toMatchObject({ body: { totp: true, recovery_codes_left: 10 } });
  expect(await signIn()).toMatchObject({ status: 401, code: 'mfa_required' });
  const recovered = await signIn({ code: codes[0] });
  expect(recovered.status).toBe(200);
  expect((await ask('GET', '/projects', { cookie: recovered.cookie })).status).toBe(200);
  // The server's own token is the way back in for whoever has the machine.
  expect((await require(false)).status).toBe(200);
  expect((await ask('DELETE', '/profile/totp', { cookie, body: current })).status).toBe(204);
});
