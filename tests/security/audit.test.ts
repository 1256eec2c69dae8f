/** X04: the record of an environment, against somebody who can write its file, and against everybody who cannot. */

import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendEnvironmentAudit, readChainEnd, verifyEnvironmentChain } from '#lib/engine/audit/environment-audit.ts';
import type { Connection } from '#lib/engine/database.ts';
import { Problem } from '#lib/http/problem.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { type AuthEnvironment, openAuthEnvironment } from '../support/auth-environment.ts';
import { ask, signIn } from '../support/auth-http.ts';

let environment: AuthEnvironment;
beforeEach(async () => {
  environment = await openAuthEnvironment();
});
afterEach(() => environment.close());

const write = <T>(work: (connection: Connection) => T) => environment.database.write(work);
const append = (action: string) =>
  write((connection) =>
    recordAudit(
      connection,
      { now: environment.now, clientAddress: '203.0.113.7', userAgent: 'test', sealingKey: environment.sealingKey },
      { action, actorId: null },
    ),
  );
const verify = (anchor: { seq: number; hash: string } | null = null) =>
  environment.database.read((connection) => verifyEnvironmentChain(connection, environment.sealingKey, anchor));
const end = () => environment.database.read(readChainEnd);

/** What can be done to the file without the master key: everything, the triggers included. */
const tamper = (...statements: string[]) =>
  write((connection) => {
    for (const name of ['auth_audit_keep_update', 'auth_audit_keep_delete', 'audit_head_keep_update', 'audit_head_keep_delete'])
      connection.exec(`DROP TRIGGER IF EXISTS _koyalite_${name}`);
    for (const sql of statements) connection.exec(sql);
  });

const five = async () => {
  for (const action of ['one', 'two', 'three', 'four', 'five']) await append(action);
};

test('an untouched record holds, from the empty one on', async () => {
  expect(verify()).toEqual({ entries: 0, firstBadSeq: null });
  await five();
  expect(verify()).toEqual({ entries: 5, firstBadSeq: null });
  expect(verify(end())).toEqual({ entries: 5, firstBadSeq: null });
  await append('six');
  expect(verify({ seq: 5, hash: 'another' }).firstBadSeq).toBe(5);
});

const head = '_koyalite_audit_head';
const audit = '_koyalite_auth_audit';
const forgetSequence = `UPDATE sqlite_sequence SET seq = 3 WHERE name = '${audit}'`;

test.each([
  ['action', `UPDATE ${audit} SET action = 'forged' WHERE id = 2`, 2],
  ['actor', `UPDATE ${audit} SET actor_id = 'somebody' WHERE id = 2`, 2],
  ['kind of actor', `UPDATE ${audit} SET actor_kind = 'operator' WHERE id = 3`, 3],
  ['name of the actor', `UPDATE ${audit} SET actor_name = 'boss@x.io' WHERE id = 3`, 3],
  ['subject', `UPDATE ${audit} SET subject_id = 'somebody' WHERE id = 4`, 4],
  ['address', `UPDATE ${audit} SET ip_address = '127.0.0.1' WHERE id = 1`, 1],
  ['user agent', `UPDATE ${audit} SET user_agent = NULL WHERE id = 5`, 5],
  ['time', `UPDATE ${audit} SET created_at = '2000-01-01T00:00:00.000000+00:00' WHERE id = 1`, 1],
  ['traits', `UPDATE ${audit} SET traits = '{"a":1}' WHERE id = 5`, 5],
  ['before', `UPDATE ${audit} SET before = '{}' WHERE id = 2`, 2],
  ['after', `UPDATE ${audit} SET after = '{}' WHERE id = 2`, 2],
  ['version', `UPDATE ${audit} SET version = 1 WHERE id = 2`, 2],
])('a changed %s is found', async (_, sql, firstBadSeq) => {
  await five();
  await tamper(sql);
  expect(verify()).toEqual({ entries: firstBadSeq - 1, firstBadSeq });
});

test.each([
  ['an entry removed', [`DELETE FROM ${audit} WHERE id = 2`], 2],
  ['the beginning removed', [`DELETE FROM ${audit} WHERE id = 1`], 1],
  ['the end removed', [`DELETE FROM ${audit} WHERE id > 3`], 4],
  ['the end removed, and SQLite told so', [`DELETE FROM ${audit} WHERE id > 3`, forgetSequence], 4],
  ['the end and the head removed', [`DELETE FROM ${audit} WHERE id > 3`, forgetSequence, `DELETE FROM ${head}`], 4],
  [
    'the end removed and the head pointed at what is left',
    [
      `DELETE FROM ${audit} WHERE id > 3`,
      forgetSequence,
      `UPDATE ${head} SET seq = 3, hash = (SELECT hash FROM ${audit} WHERE id = 3)`,
    ],
    4,
  ],
  ['everything removed', [`DELETE FROM ${audit}`, `UPDATE sqlite_sequence SET seq = 0 WHERE name = '${audit}'`], 1],
  [
    'two entries in another order',
    [
      `UPDATE ${audit} SET id = -2 WHERE id = 2`,
      `UPDATE ${audit} SET id = 2 WHERE id = 3`,
      `UPDATE ${audit} SET id = 3 WHERE id = -2`,
    ],
    2,
  ],
  ['the head alone removed', [`DELETE FROM ${head}`], 6],
])('%s is found', async (_, statements, firstBadSeq) => {
  await five();
  await tamper(...statements);
  expect(verify().firstBadSeq).toBe(firstBadSeq);
  // What is recorded later does not heal it.
  for (let i = 0; i < 4; i++) await append('later');
  expect(verify().firstBadSeq).toBe(firstBadSeq);
});

/** The record as a version before the key wrote it, from these rows on. */
function forgePlain(connection: Connection, actions: readonly string[]): void {
  let previous = '0'.repeat(64);
  for (const [index, action] of actions.entries()) {
    const fields = ['2026-01-01T00:00:00.000000+00:00', action, null, null, null, 'agent', '{}'];
    const hash = createHash('sha256')
      .update(JSON.stringify([previous, ...fields]))
      .digest('hex');
    connection.run(
      `INSERT INTO ${audit}(id, created_at, action, user_agent, traits, previous_hash, hash) VALUES (?, ?, ?, 'agent', '{}', ?, ?)`,
      index + 1,
      fields[0] ?? null,
      action,
      previous,
      hash,
    );
    previous = hash;
  }
}

test('a record of an earlier version still holds, is carried on, and is guarded from then on', async () => {
  await write((connection) => forgePlain(connection, ['old one', 'old two']));
  expect(verify()).toEqual({ entries: 2, firstBadSeq: null });
  await append('new');
  await append('newer');
  expect(verify()).toEqual({ entries: 4, firstBadSeq: null });
  await tamper(`UPDATE ${audit} SET action = 'forged' WHERE id = 1`);
  expect(verify().firstBadSeq).toBe(1);
});

test('a whole record rewritten with plain hashes does not pass for an old one', async () => {
  await five();
  const anchor = end();
  await tamper(`DELETE FROM ${audit}`);
  await write((connection) => forgePlain(connection, ['nothing', 'happened', 'here', 'at', 'all']));
  expect(verify().firstBadSeq).not.toBeNull();
  // Without a head it looks like a file that was never keyed; what was remembered elsewhere tells.
  await tamper(`DELETE FROM ${head}`);
  expect(verify(anchor).firstBadSeq).toBe(5);
});

test("a plain entry after a keyed one is anybody's", async () => {
  await append('one');
  await append('two');
  await tamper(`DELETE FROM ${audit} WHERE id = 2`);
  await write((connection) => {
    const previous = String(connection.value(`SELECT hash FROM ${audit} WHERE id = 1`));
    const fields = ['2026-01-01T00:00:00.000000+00:00', 'forged', null, null, null, null, '{}'];
    const hash = createHash('sha256')
      .update(JSON.stringify([previous, ...fields]))
      .digest('hex');
    const sql = `INSERT INTO ${audit}(id, created_at, action, traits, previous_hash, hash) VALUES (2, ?, 'forged', '{}', ?, ?)`;
    connection.run(sql, fields[0] ?? null, previous, hash);
  });
  expect(verify()).toEqual({ entries: 1, firstBadSeq: 2 });
});

test('a file set back to an older copy, signed head and all, is found by what was remembered of it', async () => {
  await append('one');
  await append('two');
  const copy = environment.database.read((connection) => connection.get(`SELECT * FROM ${head}`));
  await append('three');
  const anchor = end();
  await tamper(
    `DELETE FROM ${audit} WHERE id > 2`,
    `UPDATE sqlite_sequence SET seq = 2 WHERE name = '${audit}'`,
    `UPDATE ${head} SET seq = 2, hash = '${copy?.hash}', signature = '${copy?.signature}'`,
  );
  expect(verify().firstBadSeq).toBeNull();
  expect(verify(anchor)).toEqual({ entries: 2, firstBadSeq: 3 });
  await append('another three');
  expect(verify(anchor)).toEqual({ entries: 2, firstBadSeq: 3 });
});

test('whatever was done to the record, people can still sign in, and every sign-in is recorded', async () => {
  for (const statement of [
    `UPDATE ${head} SET seq = 1`,
    `UPDATE ${head} SET seq = 1000, hash = 'x', signature = 'x'`,
    `UPDATE sqlite_sequence SET seq = 0 WHERE name = '${audit}'`,
    `DELETE FROM ${audit}`,
    `DELETE FROM ${head}`,
  ]) {
    await five();
    await tamper(statement);
    const before = environment.database.read((connection) => Number(connection.value(`SELECT count(*) FROM ${audit}`)));
    await append('after');
    expect(environment.database.read((connection) => Number(connection.value(`SELECT count(*) FROM ${audit}`)))).toBe(before + 1);
    expect(verify().firstBadSeq).not.toBeNull();
  }
});

test('an entry and a head made under another key do not hold', async () => {
  await append('one');
  await write((connection) =>
    appendEnvironmentAudit(connection, randomBytes(32), {
      at: '2026-01-01T00:00:00.000000+00:00',
      action: 'forged',
      actorKind: 'user',
      actorId: null,
      subjectId: null,
      ip: null,
      userAgent: null,
    }),
  );
  expect(verify().firstBadSeq).toBe(2);
});

test('an entry goes with its deed, and no deed goes without its entry', async () => {
  const failing = write((connection) => {
    recordAudit(connection, { ...environment, clientAddress: null, userAgent: '' }, { action: 'never', actorId: null });
    throw new Problem({ status: 409, code: 'failed', message: 'the deed failed' });
  });
  await expect(failing).rejects.toThrow('the deed failed');
  expect(verify()).toEqual({ entries: 0, firstBadSeq: null });
  const { access_token: token = '' } = await signIn(environment);
  await write((c) => c.exec(`CREATE TRIGGER full BEFORE INSERT ON ${audit} BEGIN SELECT RAISE(ABORT, 'disk full'); END`));
  await expect(ask(environment, '/user', { method: 'PUT', token, body: { data: { a: 1 } } })).rejects.toThrow();
  await write((c) => c.exec('DROP TRIGGER full'));
  expect((await ask(environment, '/user', { token })).body.user_metadata).not.toHaveProperty('a');
});

test('entries of many writers at once form one chain', async () => {
  await Promise.all(Array.from({ length: 50 }, (_, index) => append(`parallel ${index}`)));
  expect(verify()).toEqual({ entries: 50, firstBadSeq: null });
});

test.each([
  [`UPDATE ${audit} SET action = 'x'`],
  [`DELETE FROM ${audit}`],
  [`REPLACE INTO ${audit} SELECT * FROM ${audit}`],
  [`UPDATE OR REPLACE ${audit} SET id = 1 WHERE id = 2`],
  [`UPDATE ${head} SET seq = 1`],
  [`UPDATE ${head} SET seq = seq`],
  [`DELETE FROM ${head}`],
  [`REPLACE INTO ${head} SELECT * FROM ${head}`],
])('the file itself refuses %s', async (sql) => {
  await five();
  await expect(write((connection) => connection.exec(sql))).rejects.toThrow(/append-only/);
  expect(verify()).toEqual({ entries: 5, firstBadSeq: null });
});
