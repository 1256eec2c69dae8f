/** X04: an older copy of an environment's file is found out, accepted by an owner, and told for good; and what cannot pass for one. */

import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuditAnchor } from '#generated/client.ts';
import { type AuditAnchors, startAuditAnchors } from '#lib/control/audit-anchors.ts';
import { appendEnvironmentAudit } from '#lib/engine/audit/environment-audit.ts';
import { createConnection } from '#lib/engine/connection.ts';
import { type Management, startManagement } from '../support/management.ts';

let management: Management;
let anchors: AuditAnchors;

beforeEach(async () => {
  management = await startManagement();
  await management.ask('POST', '/projects', { body: { name: 'Shop' } });
  anchors = startAuditAnchors(control().context);
});
afterEach(async () => {
  await anchors.stop();
  await management.close();
});

const control = () => management.platform.control;
const fileOf = (ref = 'shop') => control().directory.find(ref)?.file ?? '';
const verify = async () => (await management.ask('GET', '/projects/shop/auth/audit/verify')).fields;
const accept = (reason = 'the disk broke') =>
  management.ask('POST', '/projects/shop/auth/audit/accept-restore', { body: { reason } });

/** As many entries in the environment's record. */
async function record(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const email = `${randomBytes(6).toString('hex')}@x.io`;
    expect((await management.ask('POST', '/projects/shop/auth/users', { body: { email } })).status).toBe(201);
  }
}

/** A consistent copy of the file as it is now. */
async function copyFile(ref = 'shop'): Promise<string> {
  const copy = join(management.home, `${randomBytes(6).toString('hex')}.db`);
  const db = new SQLite(fileOf(ref), { readonly: true });
  await db.backup(copy);
  db.close();
  return copy;
}

/** What a restore does, and whoever has the machine can do. */
async function putBack(copy: string): Promise<void> {
  await control().context.engine.close('shop');
  for (const suffix of ['', '-wal', '-shm']) rmSync(fileOf() + suffix, { force: true });
  copyFileSync(copy, fileOf());
}

/** Writes into a copy as one can without the key. */
function tamper(copy: string, work: (db: SQLite.Database) => void): void {
  const db = new SQLite(copy);
  const triggers = db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%audit%'").pluck().all();
  for (const name of triggers) db.exec(`DROP TRIGGER "${String(name)}"`);
  work(db);
  db.close();
}

/** Five entries of which a copy holds two; the third to fifth are gone with the file. */
async function setBack(): Promise<{ copy: string; former: AuditAnchor }> {
  await record(2);
  await anchors.run();
  const copy = await copyFile();
  await record(3);
  await anchors.run();
  const former = await findAnchor();
  await putBack(copy);
  return { copy, former };
}

const findAnchor = () => control().context.database.auditAnchor.findFirstOrThrow();

test('X04 an older copy is found out, accepted by an owner with a reason, and from then on told with who, when and why', async () => {
  const { former } = await setBack();
  expect(await verify()).toMatchObject({ ok: false, entries: 2, first_bad_seq: 3, restores: [] });
  // Whoever notices is not the first to use it.
  await record(4);
  await anchors.run();
  expect(await verify()).toMatchObject({ ok: false });

  const accepted = await accept('the disk broke');
  expect(accepted.status).toBe(201);
  const gap = {
    by: 'owner@example.com',
    reason: 'the disk broke',
    shared_seq: 2,
    former: { seq: 5, hash: former.hash },
    accepted: { seq: 7, hash: (await findAnchor()).hash },
    in_platform_record: true,
  };
  expect(accepted.fields).toMatchObject(gap);
  expect(await verify()).toMatchObject({ ok: true, entries: 7, restores: [gap] });
  expect((await management.ask('GET', '/projects/shop/audit?limit=1')).body).toMatchObject([
    {
      action: 'audit.accept_restore',
      subject: 'shop',
      actor: 'owner@example.com',
      before: { seq: 5, hash: former.hash },
      after: { reason: 'the disk broke', shared_seq: 2, accepted: gap.accepted },
    },
  ]);

  await record(2);
  await anchors.run();
  expect(await verify()).toMatchObject({ ok: true, entries: 9, first_bad_seq: null, restores: [gap] });
  expect((await management.ask('GET', '/audit/verify')).fields).toMatchObject({ ok: true });
});

test('what was accepted is guarded as before, and a second copy put back is a second gap', async () => {
  const { copy } = await setBack();
  expect((await accept('first')).status).toBe(201);
  await record(1);
  await anchors.run();
  await putBack(copy);
  expect(await verify()).toMatchObject({ ok: false, restores: [{ reason: 'first' }] });
  expect((await accept('second')).fields).toMatchObject({ shared_seq: 2, former: { seq: 4 }, accepted: { seq: 3 } });
  // The copy knows nothing of the first; the platform does.
  expect(await verify()).toMatchObject({ ok: true, restores: [{ reason: 'first' }, { reason: 'second' }] });
});

test('there is nothing to accept of a record that leads on', async () => {
  await record(2);
  expect(await accept()).toMatchObject({ status: 409, fields: { code: 'audit_not_restored' } });
  expect(await verify()).toMatchObject({ ok: true, entries: 2, restores: [] });
  expect(await accept()).toMatchObject({ status: 409, fields: { code: 'audit_not_restored' } });
  await setBack();
  expect((await accept()).status).toBe(201);
  expect(await accept()).toMatchObject({ status: 409, fields: { code: 'audit_not_restored' } });
});

const audit = '_koyalite_auth_audit';
const head = '_koyalite_audit_head';

/** Rows under plain hashes, which anybody can make. */
function forgePlain(db: SQLite.Database): void {
  db.exec(`DELETE FROM ${audit}; DELETE FROM ${head}; UPDATE sqlite_sequence SET seq = 0 WHERE name = '${audit}'`);
  let previous = '0'.repeat(64);
  for (const action of ['nothing', 'happened']) {
    const fields = ['2026-01-01T00:00:00.000000+00:00', action, null, null, null, 'agent', '{}'];
    const hash = createHash('sha256')
      .update(JSON.stringify([previous, ...fields]))
      .digest('hex');
    db.prepare(
      `INSERT INTO ${audit}(created_at, action, user_agent, traits, previous_hash, hash) VALUES (?, ?, 'agent', '{}', ?, ?)`,
    ).run(fields[0], action, previous, hash);
    previous = hash;
  }
}

const another = randomBytes(32);
const forged = (db: SQLite.Database) =>
  appendEnvironmentAudit(createConnection(db), another, {
    at: '2026-01-01T00:00:00.000000+00:00',
    action: 'forged',
    actorKind: 'user',
    actorId: null,
    subjectId: null,
    ip: null,
    userAgent: null,
  });
const emptied = (db: SQLite.Database) =>
  db.exec(`DELETE FROM ${audit}; DELETE FROM ${head}; UPDATE sqlite_sequence SET seq = 0 WHERE name = '${audit}'`);

test.each<[string, (db: SQLite.Database) => void, string]>([
  ['an altered entry', (db) => db.exec(`UPDATE ${audit} SET action = 'x' WHERE id = 1`), 'audit_broken'],
  [
    'traits that are no JSON',
    (db) => db.exec(`UPDATE ${audit} SET action = 'audit.accept_restore', traits = '{'`),
    'audit_broken',
  ],
  ['an entry less at its end', (db) => db.exec(`DELETE FROM ${audit} WHERE id = 2`), 'audit_broken'],
  ['an entry less at its beginning', (db) => db.exec(`DELETE FROM ${audit} WHERE id = 1`), 'audit_broken'],
  ['no head', (db) => db.exec(`DELETE FROM ${head}`), 'audit_broken'],
  ['an entry under another key', forged, 'audit_broken'],
  ['a whole record under another key', (db) => [emptied(db), forged(db)], 'audit_broken'],
  ['plain hashes alone', forgePlain, 'audit_foreign'],
  ['no entry at all', emptied, 'audit_foreign'],
])('X04 a copy with %s is refused, and stays found out', async (_, work, code) => {
  const { copy } = await setBack();
  await control().context.engine.close('shop');
  tamper(copy, work);
  await putBack(copy);
  expect(await accept()).toMatchObject({ status: 409, fields: { code } });
  expect(await verify()).toMatchObject({ ok: false, restores: [] });
  expect((await management.ask('GET', '/projects/shop/audit')).text).not.toContain('audit.accept_restore');
});

test.each([
  ['forged under plain hashes', forgePlain],
  ['emptied', emptied],
])('a record %s, which the server has carried on under its key, is refused', async (_, work) => {
  const { copy } = await setBack();
  await control().context.engine.close('shop');
  tamper(copy, work);
  await putBack(copy);
  await record(6);
  expect(await accept()).toMatchObject({ status: 409, fields: { code: 'audit_foreign' } });
  expect(await verify()).toMatchObject({ ok: false, restores: [] });
});

test("another environment's file is refused", async () => {
  await management.ask('POST', '/projects', { body: { name: 'Other' } });
  await management.ask('POST', '/projects/other/auth/users', { body: { email: 'a@x.io' } });
  await setBack();
  await putBack(await copyFile('other'));
  expect(await accept()).toMatchObject({ status: 409, fields: { code: 'audit_broken' } });
});

test('an anchor that was altered is none to accept against, and does not heal', async () => {
  await setBack();
  const { database } = control().context;
  for (const data of [{ seq: 2 }, { seq: 0 }, { restores: 1 }, { rootHash: 'x' }, { rootSeq: null, rootHash: null }]) {
    const before = await findAnchor();
    await database.auditAnchor.updateMany({ data });
    expect(await accept(), JSON.stringify(data)).toMatchObject({ status: 409, fields: { code: 'audit_anchor_altered' } });
    await record(1);
    await anchors.run();
    expect(await verify(), JSON.stringify(data)).toMatchObject({ ok: false });
    await database.auditAnchor.updateMany({ data: before });
  }
});

/** The platform's record as somebody with its file can leave it. */
async function cutPlatformRecord(): Promise<void> {
  const { database } = control().context;
  await database.$executeRawUnsafe('DROP TRIGGER IF EXISTS audit_entries_no_delete');
  await database.$executeRawUnsafe("DELETE FROM audit_entries WHERE action = 'audit.accept_restore'");
}

test('an acceptance cut out of the platform’s record, its anchor left, set back or removed, is missed', async () => {
  const { former } = await setBack();
  await accept();
  expect(await verify()).toMatchObject({ ok: true });
  const { database } = control().context;
  await database.auditAnchor.updateMany({ data: former });
  expect(await verify()).toMatchObject({ ok: false });
  await database.auditAnchor.deleteMany();
  expect(await verify()).toMatchObject({ ok: false });
  await cutPlatformRecord();
  expect((await management.ask('GET', '/audit/verify')).fields).toMatchObject({ ok: false });
});

test('an acceptance altered in the platform’s record counts no more', async () => {
  await setBack();
  await accept();
  const { database } = control().context;
  await database.$executeRawUnsafe('DROP TRIGGER audit_entries_no_update');
  const sql = `UPDATE audit_entries SET "after" = replace("after", 'the disk broke', 'as planned') WHERE action = 'audit.accept_restore'`;
  await database.$executeRawUnsafe(sql);
  expect(await verify()).toMatchObject({ ok: false });
});

test('an environment made anew under the name has a record of its own', async () => {
  await setBack();
  await accept();
  await management.ask('DELETE', '/projects/shop');
  await management.ask('POST', '/projects', { body: { name: 'Shop' } });
  await record(1);
  expect(await verify()).toEqual({ ok: true, entries: 1, first_bad_seq: null, restores: [] });
});

test('a whole platform set back to before the acceptance: the environment’s own record tells', async () => {
  await record(2);
  await anchors.run();
  const early = await findAnchor();
  await setBack();
  await accept('the disk broke');
  await cutPlatformRecord();
  expect(await verify()).toMatchObject({ ok: false });
  await control().context.database.auditAnchor.updateMany({ data: early });
  const gap = { by: 'owner@example.com', reason: 'the disk broke', shared_seq: 4, in_platform_record: false };
  expect(await verify()).toMatchObject({ ok: true, restores: [gap] });
});

test('an anchor of a version before there were roots counts, and takes the root of the record that leads on', async () => {
  await record(2);
  await verify();
  const { database, masterKey } = control().context;
  const { environmentId, seq, hash } = await findAnchor();
  const signature = masterKey.sign('audit-anchor', JSON.stringify([environmentId, seq, hash]));
  await database.auditAnchor.updateMany({ data: { rootSeq: null, rootHash: null, signature } });
  expect(await verify()).toMatchObject({ ok: true, entries: 2 });
  expect(await findAnchor()).toMatchObject({ rootSeq: 1, seq: 2, hash });
});
