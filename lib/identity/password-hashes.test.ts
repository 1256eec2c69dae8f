/** Hashes of other systems: each accepted form with the password it was made from. */

import { createCipheriv, randomBytes, scryptSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { hash as hashArgon2 } from '@node-rs/argon2';
import { hash as hashBcrypt } from '@node-rs/bcrypt';
import { Piscina } from 'piscina';
import { expect, test } from 'vitest';
import { hashUserPassword, isKnownHash, verifyUserPassword } from '#lib/identity/password-hashes.ts';

const password = 'correct horse 1';
/** The driver's enum has no value at run time. */
const argon2i = 1;
const salt = randomBytes(16);
const base64 = (value: Buffer) => value.toString('base64');

function scryptHash(): string {
  const derived = scryptSync(password, salt, 32, { N: 2 ** 14, r: 8, p: 1, maxmem: 64 << 20 });
  return `$scrypt$ln=14,r=8,p=1$${base64(salt)}$${base64(derived)}`;
}

function firebaseHash(): string {
  const separator = Buffer.from('Bw==', 'base64');
  const signer = randomBytes(64);
  const key = scryptSync(password, Buffer.concat([salt, separator]), 32, { N: 2 ** 14, r: 8, p: 1, maxmem: 64 << 20 });
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const sealed = Buffer.concat([cipher.update(signer), cipher.final()]);
  return `$fbscrypt$v=1,n=14,r=8,p=1,ss=${base64(separator)},sk=${base64(signer)}$${base64(salt)}$${base64(sealed)}`;
}

test.each([
  ['argon2id', () => hashUserPassword(password), false],
  ['argon2id weaker than ours', () => hashArgon2(password, { memoryCost: 8192, timeCost: 2 }), true],
  ['argon2id stronger than ours', () => hashArgon2(password, { memoryCost: 65_536, timeCost: 3, parallelism: 4 }), false],
  ['argon2i', () => hashArgon2(password, { algorithm: argon2i, memoryCost: 65_536, timeCost: 3 }), true],
  ['bcrypt', () => hashBcrypt(password, 5), true],
  ['scrypt', () => Promise.resolve(scryptHash()), true],
  ['Firebase scrypt', () => Promise.resolve(firebaseHash()), true],
])('%s', async (_name, make, rehash) => {
  const hash = await make();
  expect(isKnownHash(hash)).toBe(true);
  expect(await verifyUserPassword(password, hash)).toEqual({ holds: true, rehash });
  expect((await verifyUserPassword(`${password}x`, hash)).holds).toBe(false);
});

test.each([
  '',
  'plain',
  '5f4dcc3b5aa765d61d8327deb882cf99',
  '$argon2id$v=19$m=99999999,t=1,p=1$c2FsdA$aGFzaA',
  '$argon2id$v=19$m=262145,t=1,p=1$c2FsdA$aGFzaA',
  '$argon2id$v=19$m=65536,t=17,p=1$c2FsdA$aGFzaA',
  '$argon2id$v=19$m=65536,t=1,p=17$c2FsdA$aGFzaA',
  '$2b$20$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy',
  '$scrypt$ln=30,r=8,p=1$c2FsdA==$aGFzaA==',
])('%j is not accepted, and checking it only says no', async (hash) => {
  expect(isKnownHash(hash)).toBe(false);
  expect(await verifyUserPassword(password, hash)).toEqual({ holds: false, rehash: false });
});

test('hashing leaves the event loop to others', async () => {
  let turns = 0;
  let hashing = true;
  const hashed = hashUserPassword(password).finally(() => {
    hashing = false;
  });
  while (hashing) {
    await new Promise((resolve) => setImmediate(resolve));
    turns += 1;
  }
  await hashed;
  expect(turns).toBeGreaterThan(1);
});

test.runIf(process.platform === 'linux')('the threads that hash yield to data requests', async () => {
  await hashUserPassword(password);
  const threads = readThreads();
  expect(threads.filter(({ nice }) => nice === 19).length).toBeGreaterThan(0);
  const main = threads.find(({ id }) => id === process.pid);
  expect(main).toMatchObject({ policy: 0 });
  expect(main?.nice).not.toBe(19);
});

test.runIf(process.platform === 'linux')('an idle thread runs only when nothing else wants the processor', async () => {
  const before = new Set(readThreads().map(({ id }) => id));
  const filename = new URL('./idle-password-thread.ts', import.meta.url).href;
  const threads = new Piscina({ filename, maxThreads: 1 });
  await threads.run(password, { name: 'hash' });
  const idlePolicy = 5;
  expect(readThreads().filter(({ id, policy }) => policy === idlePolicy && !before.has(id))).toHaveLength(1);
  await threads.destroy();
});

/** Niceness and scheduling policy of each thread of this process. */
function readThreads(): { id: number; nice: number; policy: number }[] {
  return readdirSync('/proc/self/task').flatMap((id) => {
    try {
      const fields = readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return [{ id: Number(id), nice: Number(fields[16]), policy: Number(fields[38]) }];
    } catch {
      // It has ended since.
      return [];
    }
  });
}

test('a line that is full turns the next one away with 503, and the rest are answered', async () => {
  const stored = await hashBcrypt(password, 4);
  const checks = await Promise.allSettled(Array.from({ length: 600 }, () => verifyUserPassword(password, stored)));
  const answers = checks.map((one) => (one.status === 'fulfilled' ? one.value.holds : one.reason));
  expect(answers.filter((answer) => answer === true).length).toBeGreaterThanOrEqual(500);
  const refused = answers.filter((answer) => answer !== true);
  expect(refused.length).toBeGreaterThan(50);
  for (const answer of refused) expect(answer).toMatchObject({ status: 503, headers: ['Retry-After', '1'] });
  expect((await verifyUserPassword(password, stored)).holds).toBe(true);
});
