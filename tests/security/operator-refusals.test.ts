/** Refused sign-ins and calls of operators are in the installation's record, bounded; those of nobody are not. */

import { TOTP } from 'otpauth';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyAudit } from '#lib/control/audit.ts';
import { addOperator } from '#lib/control/test-control.ts';
import { type Management, ownerEmail, ownerPassword, startManagement } from '../support/management.ts';

let management: Management;
beforeEach(async () => {
  management = await startManagement();
  await management.ask('POST', '/projects', { body: { name: 'Shop' } });
});
afterEach(() => management.close());

const context = () => management.platform.control.context;
const signIn = (email: string, password: string, more: object = {}) =>
  management.ask('POST', '/sign-in', { token: null, body: { email, password, ...more } });

async function refusals(count: number, actions = ['operator.sign_in_failed', 'operator.rate_limited']) {
  const where = { action: { in: actions } };
  await expect.poll(() => context().database.auditEntry.count({ where })).toBe(count);
  const rows = await context().database.auditEntry.findMany({ where, orderBy: { seq: 'asc' } });
  return rows.map(({ action, actor, subject, after }) => [action, actor, subject, JSON.parse(after ?? '{}')]);
}

test('A16 a wrong password and a wrong code of an operator are on record, the trips of the limit once, nobody not at all', async () => {
  const cookie = (await signIn(ownerEmail, ownerPassword)).headers.get('set-cookie')?.split(';')[0] ?? '';
  const body = { current_password: ownerPassword };
  const started = await management.ask('POST', '/profile/totp', { cookie, body });
  const code = new TOTP({ secret: String(started.fields.secret) }).generate();
  await management.ask('POST', '/profile/totp/confirm', { cookie, body: { code } });
  expect((await signIn('nobody@example.com', 'wrong')).status).toBe(401);
  expect((await signIn(ownerEmail, ownerPassword)).fields.code).toBe('mfa_required');
  expect((await signIn(ownerEmail, ownerPassword, { code: '000000' })).status).toBe(401);
  for (let attempt = 0; attempt < 14; attempt++) await signIn(ownerEmail, `wrong ${attempt}`);
  // Ten a window: nobody's, the wrong code, and eight passwords; then the trip.
  const found = await refusals(10);
  expect(found[0]).toEqual(['operator.sign_in_failed', 'system', ownerEmail, { reason: 'invalid_second_factor' }]);
  expect(found[1]).toEqual(['operator.sign_in_failed', 'system', ownerEmail, { reason: 'invalid_credentials' }]);
  expect(found.filter(([action]) => action === 'operator.rate_limited')).toHaveLength(1);
  expect(JSON.stringify(await context().database.auditEntry.findMany())).not.toContain('nobody@example.com');
  expect((await verifyAudit(context())).firstBadSeq).toBeNull();
});

test('I01 a call beyond one’s role is on record, once a minute for each', async () => {
  const viewer = await addOperator(management.platform.control, { ref: 'shop', role: 'viewer' });
  for (let attempt = 0; attempt < 5; attempt++) {
    const body = { name: 'x' };
    expect((await management.ask('PATCH', '/projects/shop', { token: viewer.token, body })).status).toBe(403);
    expect((await management.ask('GET', '/instance/mail', { token: viewer.token })).status).toBe(403);
  }
  const found = await refusals(2, ['access.refused']);
  expect(found.map(([, actor, subject, after]) => [actor, subject, after.call, after.reason])).toEqual([
    [viewer.actor.email, 'shop', 'updateProject', 'insufficient_role'],
    [viewer.actor.email, 'getInstanceMail', 'getInstanceMail', 'insufficient_role'],
  ]);
});

test('I01 a call without the second factor the server asks for is on record; the way to one is not', async () => {
  const cookie = (await signIn(ownerEmail, ownerPassword)).headers.get('set-cookie')?.split(';')[0] ?? '';
  const viewer = await addOperator(management.platform.control, { ref: 'shop', role: 'viewer' });
  await management.ask('PATCH', '/instance/sign-in', { body: { second_factor_required: true } });
  for (let attempt = 0; attempt < 3; attempt++) {
    const refused = { status: 403, body: { code: 'second_factor_required' } };
    expect(await management.ask('GET', '/projects/shop/api-keys', { cookie })).toMatchObject(refused);
    expect(await management.ask('GET', '/projects', { token: viewer.token })).toMatchObject(refused);
    expect((await management.ask('GET', '/profile/factors', { cookie })).status).toBe(200);
  }
  const found = await refusals(2, ['access.refused']);
  expect(found).toEqual([
    ['access.refused', ownerEmail, 'shop', { call: 'listApiKeys', reason: 'second_factor_required' }],
    [
      'access.refused',
      viewer.actor.email,
      'listProjects',
      { call: 'listProjects', reason: 'second_factor_required', token: expect.any(String) },
    ],
  ]);
});
