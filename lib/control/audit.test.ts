import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemActor } from '#lib/control/actor.ts';
import { createApiKey, listApiKeys } from '#lib/control/api-keys.ts';
import { appendAudit, listAudit, verifyAudit } from '#lib/control/audit.ts';
import { type Control, createControl } from '#lib/control/control.ts';
import { inTransaction } from '#lib/control/control-context.ts';
import { createProject } from '#lib/control/projects.ts';
import { createEngine } from '#lib/engine/create-engine.ts';

const engine = createEngine();
let control: Control;

const append = (action: string, projectRef: string | null = null) =>
  inTransaction(control.context, (transaction) =>
    appendAudit(transaction, control.context.masterKey, systemActor, { action, subject: 'x', projectRef, after: { n: 1 } }),
  );

beforeEach(async () => {
  const home = mkdtempSync(join(tmpdir(), 'control-'));
  control = await createControl({ config: { home, masterKey: null, publicUrl: null }, engine });
  for (const action of ['one', 'two', 'three', 'four']) await append(action);
});

afterEach(async () => {
  vi.useRealTimers();
  await control.close();
});

/** What someone with the file and no master key can do: lift the triggers, then write. */
async function tamper(sql: string) {
  const { database } = control.context;
  await database.$executeRawUnsafe('DROP TRIGGER audit_entries_no_update');
  await database.$executeRawUnsafe('DROP TRIGGER audit_entries_no_delete');
  await database.$executeRawUnsafe(sql);
}

test('an untouched record holds, and so does an empty one', async () => {
  expect(await verifyAudit(control.context)).toEqual({ entries: 4, firstBadSeq: null });
  const home = mkdtempSync(join(tmpdir(), 'control-'));
  const empty = await createControl({ config: { home, masterKey: null, publicUrl: null }, engine });
  expect(await verifyAudit(empty.context)).toEqual({ entries: 0, firstBadSeq: null });
  await empty.close();
});

test.each([
  ['a changed action', "UPDATE audit_entries SET action = 'forged' WHERE seq = 2", 2],
  ['a changed content', `UPDATE audit_entries SET "after" = '{"n":2}' WHERE seq = 3`, 3],
  ['a changed time', "UPDATE audit_entries SET at = '2000-01-01T00:00:00.000Z' WHERE seq = 1", 1],
  ['a removed entry', 'DELETE FROM audit_entries WHERE seq = 2', 2],
  ['a removed beginning', 'DELETE FROM audit_entries WHERE seq = 1', 1],
  ['a removed end', 'DELETE FROM audit_entries WHERE seq >= 3', 3],
  ['entries moved out of sight', 'UPDATE audit_entries SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)', 2],
])('X04 %s is found', async (_, sql, firstBadSeq) => {
  await tamper(sql);
  expect((await verifyAudit(control.context)).firstBadSeq).toBe(firstBadSeq);
});

test('X04 an entry forged with a plain hash does not pass: the chain is keyed', async () => {
  await tamper(
    "UPDATE audit_entries SET action = 'forged', hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' WHERE seq = 4",
  );
  expect((await verifyAudit(control.context)).firstBadSeq).toBe(4);
});

test('entries from many writers at once form one chain', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => append(`parallel ${index}`)));
  expect(await verifyAudit(control.context)).toEqual({ entries: 24, firstBadSeq: null });
});

test('an entry goes with the change it records', async () => {
  const failing = inTransaction(control.context, async (transaction) => {
    await appendAudit(transaction, control.context.masterKey, systemActor, { action: 'never', subject: 'x' });
    throw new Error('the change failed');
  });
  await expect(failing).rejects.toThrow('the change failed');
  expect(await verifyAudit(control.context)).toEqual({ entries: 4, firstBadSeq: null });
});

test('X05 what cannot be recorded does not happen', async () => {
  const { context } = control;
  await createProject(context, systemActor, { name: 'Shop', ref: 'shop' });
  const keys = () => context.database.apiKey.count();
  const before = await keys();
  await context.database.$executeRawUnsafe(
    "CREATE TRIGGER audit_full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no room'); END",
  );
  await expect(createApiKey(context, systemActor, 'shop', { type: 'secret', name: 'worker' })).rejects.toThrow();
  await expect(listApiKeys(context, systemActor, 'shop', true)).rejects.toThrow();
  await expect(createProject(context, systemActor, { name: 'Other', ref: 'other' })).rejects.toThrow();
  await context.database.$executeRawUnsafe('DROP TRIGGER audit_full');
  expect(await keys()).toBe(before);
  expect(await context.database.project.count()).toBe(1);
  expect(control.directory.find('other')).toBeNull();
});

test('X04 a clock set back does not reorder the record', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2100-01-01T00:00:00Z') });
  await append('later');
  vi.setSystemTime(new Date('2020-01-01T00:00:00Z'));
  await append('after the clock went back');
  const times = (await listAudit(control.context, systemActor, null, { limit: 2 })).map((entry) => entry.at);
  expect(times).toEqual(['2100-01-01T00:00:00.000Z', '2100-01-01T00:00:00.000Z']);
});

test('pages go from the newest back', async () => {
  const page = await listAudit(control.context, systemActor, null, { limit: 2 });
  expect(page.map((entry) => entry.action)).toEqual(['four', 'three']);
  const next = await listAudit(control.context, systemActor, null, { limit: 2, beforeSeq: page.at(-1)?.seq });
  expect(next.map((entry) => entry.action)).toEqual(['two', 'one']);
});
