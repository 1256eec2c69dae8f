import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemActor } from '#lib/control/actor.ts';
import {
  createApiKey,
  deleteSigningKey,
  listApiKeys,
  listSigningKeys,
  revokeApiKey,
  rotateApiKey,
  rotateSecret,
} from '#lib/control/api-keys.ts';
import { type Control, createControl } from '#lib/control/control.ts';
import { hashKey } from '#lib/control/opaque-key.ts';
import { createProject } from '#lib/control/projects.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import { verifyToken } from '#lib/identity/jwt.ts';

const engine = createEngine();
let home: string;
let control: Control;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'control-'));
  control = await createControl({ config: { home, masterKey: null, publicUrl: null }, engine });
  await createProject(control.context, systemActor, { name: 'Shop', ref: 'shop' });
});

afterEach(() => control.close());

const now = () => Math.floor(Date.now() / 1000);
const record = () => {
  const found = control.directory.find('shop');
  if (found === null) throw new Error('no record');
  return found;
};
const list = (reveal = true) => listApiKeys(control.context, systemActor, 'shop', reveal);
const keyOf = async (name: string, type: string) => {
  const found = (await list()).find((key) => key.name === name && key.type === type);
  if (found?.key == null) throw new Error('no key');
  return { id: found.id, key: found.key };
};

test('an environment is born with two legacy keys, a publishable and a secret one', async () => {
  expect((await list()).map(({ type, name, role }) => [type, name, role])).toEqual([
    ['legacy', 'anon', 'anon'],
    ['legacy', 'service_role', 'service_role'],
    ['publishable', 'default', 'anon'],
    ['secret', 'default', 'service_role'],
  ]);
});

test("legacy keys are tokens of ten years that the directory's keys verify", async () => {
  for (const role of ['anon', 'service_role']) {
    const result = verifyToken((await keyOf(role, 'legacy')).key, record().signingKeys, now());
    expect(result).toMatchObject({ ok: true, claims: { iss: 'koyalite', ref: 'shop', role } });
    if (result.ok) expect(Number(result.claims.exp) - Number(result.claims.iat)).toBe(315_360_000);
  }
});

test('opaque keys are found by hash with their role; legacy ones are not in that map', async () => {
  const publishable = await keyOf('default', 'publishable');
  const secret = await keyOf('default', 'secret');
  expect(new Map(record().apiKeys)).toEqual(
    new Map([
      [hashKey(publishable.key), 'anon'],
      [hashKey(secret.key), 'service_role'],
    ]),
  );
});

test('I08 unrevealed, only the public keys are shown; revealing is recorded', async () => {
  expect((await list(false)).map(({ name, type, key }) => [name, type, key !== null])).toEqual([
    ['anon', 'legacy', true],
    ['service_role', 'legacy', false],
    ['default', 'publishable', true],
    ['default', 'secret', false],
  ]);
  const reveals = () => control.context.database.auditEntry.count({ where: { action: 'api_key.reveal' } });
  expect(await reveals()).toBe(0);
  await list(true);
  expect(await reveals()).toBe(1);
});

test('I08 a key made works at once, a key revoked is dead at once, and a name is used once', async () => {
  const made = await createApiKey(control.context, systemActor, 'shop', { type: 'secret', name: 'worker' });
  const before = record().revision;
  expect(record().apiKeys.get(hashKey(made.key ?? ''))).toBe('service_role');
  const again = createApiKey(control.context, systemActor, 'shop', { type: 'secret', name: 'worker' });
  await expect(again).rejects.toMatchObject({ status: 409, code: 'api_key_exists' });
  await revokeApiKey(control.context, systemActor, 'shop', made.id);
  expect(record().apiKeys.has(hashKey(made.key ?? ''))).toBe(false);
  expect(record().revision).not.toBe(before);
});

test('I08 rotating one opaque key keeps its name and kills the old one', async () => {
  const old = await keyOf('default', 'secret');
  await rotateApiKey(control.context, systemActor, 'shop', old.id);
  const fresh = await keyOf('default', 'secret');
  expect(fresh.key).not.toBe(old.key);
  expect(record().apiKeys.has(hashKey(old.key))).toBe(false);
  expect(record().apiKeys.get(hashKey(fresh.key))).toBe('service_role');
});

test('I08 rotating the secret mints new legacy keys; the old ones hold until the previous key is deleted', async () => {
  const old = await keyOf('anon', 'legacy');
  await rotateSecret(control.context, systemActor, 'shop');
  const fresh = await keyOf('anon', 'legacy');
  expect(verifyToken(fresh.key, record().signingKeys, now()).ok).toBe(true);
  expect(verifyToken(old.key, record().signingKeys, now()).ok).toBe(true);
  const signing = await listSigningKeys(control.context, systemActor, 'shop');
  expect(signing.map((key) => `${key.algorithm} ${key.status}`).sort()).toEqual([
    'ES256 standby',
    'HS256 current',
    'HS256 previous',
  ]);
  const previous = signing.find((key) => key.status === 'previous');
  await deleteSigningKey(control.context, systemActor, 'shop', previous?.kid ?? '');
  expect(verifyToken(old.key, record().signingKeys, now()).ok).toBe(false);
  expect(verifyToken(fresh.key, record().signingKeys, now()).ok).toBe(true);
});

test('neither the key that signs nor a legacy key alone can be removed', async () => {
  const [current] = record().signingKeys.filter((key) => key.status === 'current');
  await expect(deleteSigningKey(control.context, systemActor, 'shop', current?.kid ?? '')).rejects.toMatchObject({ status: 400 });
  const legacy = await keyOf('anon', 'legacy');
  await expect(revokeApiKey(control.context, systemActor, 'shop', legacy.id)).rejects.toMatchObject({ status: 400 });
});

test('a key of another environment cannot be reached through this one', async () => {
  await createProject(control.context, systemActor, { name: 'Other', ref: 'other' });
  const mine = await keyOf('default', 'secret');
  await expect(revokeApiKey(control.context, systemActor, 'other', mine.id)).rejects.toMatchObject({ status: 404 });
  await expect(rotateApiKey(control.context, systemActor, 'other', mine.id)).rejects.toMatchObject({ status: 404 });
  const [kid] = record().signingKeys.map((key) => key.kid);
  await expect(deleteSigningKey(control.context, systemActor, 'other', kid ?? '')).rejects.toMatchObject({ status: 404 });
  expect(record().apiKeys.has(hashKey(mine.key))).toBe(true);
});

test('X01 no key, token or signing secret lies in the control database or its log in plain text', async () => {
  const secrets = (await list()).flatMap(({ key }) => (key === null ? [] : [key]));
  for (const { secret } of record().signingKeys) {
    if (secret === null) continue;
    secrets.push(secret.startsWith('{') ? String(JSON.parse(secret).d) : secret);
  }
  expect(secrets).toHaveLength(6);
  const disk = readdirSync(home).filter((name) => name.startsWith('control.db'));
  expect(disk).toContain('control.db-wal');
  for (const name of disk) {
    const bytes = readFileSync(join(home, name));
    for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
  }
});
