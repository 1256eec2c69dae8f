/** What users keep about themselves has an end: tokens carry it, and whoever has none yet may send it. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuthEnvironment, openAuthEnvironment } from '../support/auth-environment.ts';
import { ask } from '../support/auth-http.ts';

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await openAuthEnvironment({});
});
afterAll(() => environment.close());

const admin = (method: string, path: string, body: unknown) =>
  ask(environment, path, { method, body, token: environment.serviceKey });

test('more metadata than a header carries is refused, at once or bit by bit', async () => {
  const large = 'x'.repeat(40_000);
  const refusal = expect.objectContaining({ code: 'validation_failed' });
  const signUp = await ask(environment, '/signup', {
    body: { email: 'a@example.com', password: 'correct horse battery', data: { large, other: large } },
  });
  expect([signUp.status, signUp.body]).toEqual([400, refusal]);
  const created = await admin('POST', '/admin/users', { email: 'b@example.com', user_metadata: { large } });
  expect(created.status).toBe(200);
  const { id } = Object(created.body);
  for (const name of ['user_metadata', 'app_metadata']) {
    expect((await admin('PUT', `/admin/users/${id}`, { [name]: { large } })).status).toBe(200);
    const more = await admin('PUT', `/admin/users/${id}`, { [name]: { other: large } });
    expect([more.status, more.body]).toEqual([400, refusal]);
    expect((await admin('PUT', `/admin/users/${id}`, { [name]: { large: null, other: large } })).status).toBe(200);
  }
});
