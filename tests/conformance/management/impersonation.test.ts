/** Acting as an end user ends: by asking, with the operator's session, role or account, and by time; then the token is refused. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { verifyAudit } from '#lib/control/audit.ts';
import { endStaleImpersonations } from '#lib/control/end-impersonation.ts';
import { addOperator } from '#lib/control/test-control.ts';
import { type Management, ownerEmail, ownerPassword, startManagement } from '../../support/management.ts';

let management: Management;
let sub: string;
let cookie: string;
const ask: Management['ask'] = (...call) => management.ask(...call);
const database = () => management.platform.control.context.database;
const path = '/projects/shop/impersonation';

beforeAll(async () => {
  management = await startManagement();
  await ask('POST', '/projects', { body: { name: 'Shop' } });
  await ask('POST', '/projects', { body: { name: 'Other' } });
  const query = `create table notes (id integer primary key, body text);
    create policy readers on notes for select to authenticated using (true); insert into notes (body) values ('one')`;
  await ask('POST', '/projects/shop/database/query', { body: { query } });
  const user = { email: 'ada@x.io', password: 'secret1', email_confirm: true };
  sub = String((await ask('POST', '/projects/shop/auth/users', { body: user })).fields.id);
});
afterAll(() => management.close());
beforeEach(async () => {
  const body = { email: ownerEmail, password: ownerPassword };
  cookie = (await ask('POST', '/sign-in', { token: null, body })).headers.get('set-cookie')?.split(';')[0] ?? '';
});

async function begin(as: { cookie?: string; token?: string } = { cookie }) {
  const answer = await ask('POST', path, { ...as, body: { sub, reason: 'ticket 4711' } });
  expect(answer.status).toBe(201);
  return { id: String(answer.fields.id), token: String(answer.fields.token) };
}

/** What the data API says to the token. */
async function read(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await management.platform.handle(new Request('http://localhost:3000/api/shop/rest/v1/notes', { headers }))).status;
}

async function newest() {
  const entry = await database().auditEntry.findFirstOrThrow({ orderBy: { seq: 'desc' } });
  return { ...entry, after: JSON.parse(entry.after ?? 'null') };
}

test('ending it refuses the token at once, and start and end are on record with actor and subject', async () => {
  const { id, token } = await begin();
  expect(await newest()).toMatchObject({
    action: 'auth_user.impersonate',
    actor: ownerEmail,
    subject: sub,
    after: { environment: 'shop', reason: 'ticket 4711', session: id },
  });
  expect((await ask('GET', path)).body).toMatchObject([{ id, operator: ownerEmail, user: { id: sub, email: 'ada@x.io' } }]);
  // The data API remembers for a second that the session stood: the end must not wait for that.
  expect(await read(token)).toBe(200);
  expect((await ask('DELETE', `${path}/${id}`, { cookie })).status).toBe(204);
  expect(await read(token)).toBe(401);
  expect(await newest()).toMatchObject({
    action: 'auth_user.impersonate_end',
    actor: ownerEmail,
    subject: sub,
    projectRef: 'shop',
    after: { session: id, impersonated_by: ownerEmail, reason: 'ended' },
  });
  const { seq } = await newest();
  expect((await ask('DELETE', `${path}/${id}`, { cookie })).status).toBe(204);
  expect((await newest()).seq).toBe(seq);
  expect((await ask('GET', path)).body).toEqual([]);
});

test('it ends when the operator signs out, ends the session or changes the password', async () => {
  const signedOut = await begin();
  expect(await read(signedOut.token)).toBe(200);
  await ask('POST', '/sign-out', { cookie });
  expect(await read(signedOut.token)).toBe(401);
  expect(await newest()).toMatchObject({ action: 'auth_user.impersonate_end', after: { reason: 'signed_out' } });

  const body = { email: ownerEmail, password: ownerPassword };
  const other = (await ask('POST', '/sign-in', { token: null, body })).headers.get('set-cookie')?.split(';')[0] ?? '';
  const elsewhere = await begin({ cookie: other });
  const again = (await ask('POST', '/sign-in', { token: null, body })).headers.get('set-cookie')?.split(';')[0] ?? '';
  const here = await begin({ cookie: again });
  await ask('DELETE', '/profile/sessions', { cookie: again });
  expect(await read(elsewhere.token)).toBe(401);
  expect(await read(here.token)).toBe(200);
  await ask('DELETE', `${path}/${here.id}`);
});

test('it ends with the personal token it was begun by, with the role, and with the account', async () => {
  const { control } = management.platform;
  const admin = await addOperator(control, { ref: 'shop', role: 'admin' });
  const byToken = await begin({ token: admin.token });
  await database().operatorToken.deleteMany({ where: { operatorId: admin.actor.operatorId ?? '' } });
  await endStaleImpersonations(control.context);
  expect(await read(byToken.token)).toBe(401);
  expect(await newest()).toMatchObject({ actor: 'system', after: { reason: 'signed_out', impersonated_by: admin.actor.email } });

  const second = await addOperator(control, { ref: 'shop', role: 'admin' });
  const demoted = await begin({ token: second.token });
  await ask('PATCH', `/projects/shop/members/${second.actor.operatorId}`, { body: { role: 'developer' } });
  expect(await read(demoted.token)).toBe(401);
  expect(await newest()).toMatchObject({ actor: ownerEmail, after: { reason: 'role_lost' } });

  const third = await addOperator(control, { ref: 'shop', role: 'admin' });
  const removed = await begin({ token: third.token });
  await ask('DELETE', `/operators/${third.actor.operatorId}`);
  expect(await read(removed.token)).toBe(401);
});

test('at the end of its time the session is gone and the record says so', async () => {
  const { id, token } = await begin();
  await database().impersonation.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } });
  await endStaleImpersonations(management.platform.control.context);
  expect(await read(token)).toBe(401);
  expect(await newest()).toMatchObject({ actor: 'system', subject: sub, after: { reason: 'expired', session: id } });
});

test('a paused environment forgets it too', async () => {
  const { id, token } = await begin();
  expect((await ask('POST', '/projects/shop/pause')).status).toBeLessThan(300);
  expect((await ask('DELETE', `${path}/${id}`, { cookie })).status).toBe(204);
  expect((await ask('POST', '/projects/shop/restore')).status).toBeLessThan(300);
  expect(await read(token)).toBe(401);
});

test('nobody ends or sees what is not theirs', async () => {
  const { control } = management.platform;
  const { id, token } = await begin();
  const stranger = await addOperator(control, { ref: 'other', role: 'owner' });
  const developer = await addOperator(control, { ref: 'shop', role: 'developer' });
  expect(await ask('DELETE', `${path}/${id}`, { token: stranger.token })).toMatchObject({ status: 404 });
  expect(await ask('DELETE', `/projects/other/impersonation/${id}`, { token: stranger.token })).toMatchObject({
    status: 404,
    body: { code: 'impersonation_not_found' },
  });
  expect(await ask('DELETE', `${path}/${id}`, { token: developer.token })).toMatchObject({ status: 403 });
  expect(await ask('POST', path, { token: developer.token, body: { sub, reason: 'curious' } })).toMatchObject({ status: 403 });
  expect(await read(token)).toBe(200);
  const admin = await addOperator(control, { ref: 'shop', role: 'admin' });
  expect((await ask('DELETE', `${path}/${id}`, { token: admin.token })).status).toBe(204);
  expect(await read(token)).toBe(401);
});

test('neither kind of token an operator can make changes anything of the account', async () => {
  await ask('PATCH', '/projects/shop/settings', { body: { auth: { passkeys_enabled: true } } });
  const { id, token } = await begin();
  const minted = await ask('POST', '/projects/shop/tokens', { body: { sub } });
  for (const bearer of [token, String(minted.fields.token)]) {
    for (const [method, at, sent] of [
      ['PUT', '/user', { password: 'taken-over' }],
      ['PUT', '/user', { email: 'mallory@x.io' }],
      ['PUT', '/user', { phone: '15551234567' }],
      ['PUT', '/user', { data: { name: 'Mallory' } }],
      ['POST', '/factors', { factor_type: 'totp', friendly_name: 'x' }],
      ['DELETE', '/factors/9d8b2c1e-0000-4000-8000-000000000000'],
      ['POST', '/passkeys/registration/options', {}],
      ['GET', '/reauthenticate'],
      ['GET', '/user/identities/authorize?provider=github'],
      ['DELETE', '/user/identities/9d8b2c1e-0000-4000-8000-000000000000'],
      ['POST', '/logout?scope=global', {}],
    ] as const) {
      const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
      const body = sent === undefined ? null : JSON.stringify(sent);
      const request = new Request(`http://localhost:3000/api/shop/auth/v1${at}`, { method, headers, body });
      const answer = await management.platform.handle(request);
      const text = await answer.text();
      expect([answer.status, text], `${method} ${at}`).toEqual([403, expect.stringContaining('impersonat')]);
    }
  }
  // Nor is it an operator: the Platform API knows nothing of it.
  expect((await ask('GET', '/projects/shop/api-keys?reveal=true', { token })).status).toBe(401);
  await ask('DELETE', `${path}/${id}`);
  expect(await verifyAudit(management.platform.control.context)).toMatchObject({ firstBadSeq: null });
});
