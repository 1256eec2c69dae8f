/** API keys and signing keys: what they open, what is kept of them, and when they stop working. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createApiKey,
  deleteSigningKey,
  listApiKeys,
  listSigningKeys,
  revokeApiKey,
  rotateApiKey,
  rotateSecret,
} from '#lib/control/api-keys.ts';
import { hashKey, isOpaqueKey } from '#lib/control/opaque-key.ts';
import { createProject } from '#lib/control/projects.ts';
import { makeTestControl, type TestControl } from '#lib/control/test-control.ts';
import { verifyToken } from '#lib/identity/jwt.ts';

let started: TestControl;
beforeAll(async () => {
  started = await makeTestControl();
});
afterAll(() => started.close());

let number = 0;
async function makeShop() {
  const ref = `shop${++number}`;
  const { context } = started.control;
  await createProject(context, started.owner, { name: ref });
  const record = () => {
    const found = context.directory.find(ref);
    if (found === null) throw new Error('gone');
    return found;
  };
  const verify = (key: string) => verifyToken(key, record().signingKeys, Math.floor(Date.now() / 1000));
  return { context, ref, record, verify, owner: started.owner };
}

test('an environment is born with two legacy and two opaque keys', async () => {
  const { context, ref, record, verify, owner } = await makeShop();
  const keys = await listApiKeys(context, owner, ref, true);
  expect(keys.map((key) => `${key.type} ${key.name} ${key.role}`).sort()).toEqual([
    'legacy anon anon',
    'legacy service_role service_role',
    'publishable default anon',
    'secret default service_role',
  ]);
  for (const { type, role, key, prefix } of keys) {
    expect(key?.startsWith(prefix)).toBe(true);
    if (type === 'legacy') {
      expect(verify(key ?? '')).toMatchObject({ ok: true, claims: { iss: 'koyalite', ref, role } });
      const { iat, exp } = JSON.parse(Buffer.from(key?.split('.')[1] ?? '', 'base64url').toString());
      expect(exp - iat).toBe(10 * 365 * 24 * 3600);
    } else {
      expect(isOpaqueKey(key ?? '')).toBe(true);
      expect(record().apiKeys.get(hashKey(key ?? ''))).toBe(role);
    }
  }
});

test('secret keys show only when revealed, and that is on record', async () => {
  const { context, ref, owner } = await makeShop();
  const shown = await listApiKeys(context, owner, ref);
  expect(shown.filter((key) => key.key === null).map((key) => key.role)).toEqual(['service_role', 'service_role']);
  const reveals = () => context.database.auditEntry.count({ where: { action: 'api_key.reveal', projectRef: ref } });
  expect(await reveals()).toBe(0);
  await listApiKeys(context, owner, ref, true);
  expect(await reveals()).toBe(1);
});

test('no key and no signing secret is on disk in plain text', async () => {
  const { context, ref, record, owner } = await makeShop();
  const keys = (await listApiKeys(context, owner, ref, true)).flatMap(({ key }) => (key === null ? [] : [key]));
  const secrets = record().signingKeys.map((key) =>
    key.algorithm === 'HS256' ? (key.secret ?? '') : JSON.parse(key.secret ?? '').d,
  );
  const files = ['control.db', 'control.db-wal'].map((file) => readFileSync(join(started.home, file), 'latin1')).join('');
  expect(files).toContain(hashKey(keys[0] ?? ''));
  expect([...keys, ...secrets].filter((text) => files.includes(text))).toEqual([]);
});

test('a key is made once a name, works at once, and is dead once revoked', async () => {
  const { context, ref, record, owner } = await makeShop();
  const before = record().revision;
  const made = await createApiKey(context, owner, ref, { type: 'secret', name: 'worker', description: 'for jobs' });
  expect(made).toMatchObject({ type: 'secret', name: 'worker', description: 'for jobs' });
  expect(record().apiKeys.get(hashKey(made.key ?? ''))).toBe('service_role');
  expect(record().revision).not.toBe(before);
  const again = createApiKey(context, owner, ref, { type: 'secret', name: 'worker' });
  await expect(again).rejects.toMatchObject({ status: 409, code: 'api_key_exists' });
  await revokeApiKey(context, owner, ref, made.id);
  expect(record().apiKeys.has(hashKey(made.key ?? ''))).toBe(false);
  await expect(revokeApiKey(context, owner, ref, made.id)).rejects.toMatchObject({ status: 404 });
});

test('a key of one environment is none of another', async () => {
  const [one, two] = [await makeShop(), await makeShop()];
  const [theirs] = (await listApiKeys(two.context, two.owner, two.ref)).filter((key) => key.type === 'secret');
  const refused = { status: 404, code: 'api_key_not_found' };
  await expect(revokeApiKey(one.context, one.owner, one.ref, theirs?.id ?? '')).rejects.toMatchObject(refused);
  await expect(rotateApiKey(one.context, one.owner, one.ref, theirs?.id ?? '')).rejects.toMatchObject(refused);
});

test('rotating one key replaces it under its name', async () => {
  const { context, ref, record, owner } = await makeShop();
  const secret = (await listApiKeys(context, owner, ref, true)).find((key) => key.type === 'secret');
  const after = await rotateApiKey(context, owner, ref, secret?.id ?? '');
  const fresh = after.find((key) => key.type === 'secret');
  expect(fresh).toMatchObject({ name: 'default' });
  expect(fresh?.key).not.toBe(secret?.key);
  expect(record().apiKeys.has(hashKey(secret?.key ?? ''))).toBe(false);
  expect(record().apiKeys.get(hashKey(fresh?.key ?? ''))).toBe('service_role');
});

test('after rotating the secret old tokens hold until the old key is deleted', async () => {
  const { context, ref, verify, owner } = await makeShop();
  const legacy = async () => (await listApiKeys(context, owner, ref, true)).find((key) => key.name === 'anon');
  const before = await legacy();
  await expect(revokeApiKey(context, owner, ref, before?.id ?? '')).rejects.toMatchObject({ code: 'legacy_key' });
  await rotateSecret(context, owner, ref);
  const after = await legacy();
  expect(after?.key).not.toBe(before?.key);
  expect([verify(before?.key ?? '').ok, verify(after?.key ?? '').ok]).toEqual([true, true]);

  const keys = await listSigningKeys(context, owner, ref);
  expect(keys.map((key) => `${key.algorithm} ${key.status}`).sort()).toEqual([
    'ES256 standby',
    'HS256 current',
    'HS256 previous',
  ]);
  expect(JSON.stringify(keys)).not.toMatch(/"(secret|d)"/);
  const [current, previous] = ['current', 'previous'].map((status) => keys.find((key) => key.status === status)?.kid ?? '');
  await expect(deleteSigningKey(context, owner, ref, current ?? '')).rejects.toMatchObject({ code: 'signing_key_in_use' });
  await deleteSigningKey(context, owner, ref, previous ?? '');
  expect([verify(before?.key ?? '').ok, verify(after?.key ?? '').ok]).toEqual([false, true]);
});

test('everything is the same after a restart', async () => {
  const { ref, record } = await makeShop();
  const before = record();
  started = await started.restart();
  const { revision: _, ...after } = started.control.directory.find(ref) ?? { revision: '' };
  expect(after).toEqual({ ...before, revision: undefined });
});
