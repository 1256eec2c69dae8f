/** The audit chain: every change leaves an entry, and every tampering shows. */

import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listAudit, verifyAudit } from '#lib/control/audit.ts';
import { inTransaction } from '#lib/control/control-context.ts';
import { createProject, updateProject } from '#lib/control/projects.ts';
import { updateSettings } from '#lib/control/settings.ts';
import { makeTestControl, type TestControl } from '#lib/control/test-control.ts';

let started: TestControl;
beforeEach(async () => {
  started = await makeTestControl();
  const { context } = started.control;
  await createProject(context, { ...started.owner, ip: '192.0.2.1', userAgent: 'test' }, { name: 'Shop' });
  await updateProject(context, started.owner, 'shop', { name: 'Store' });
});
afterEach(() => started.close());

/** Past the triggers, as someone with the file could. */
async function tamper(sql: string): Promise<void> {
  started = await started.restart();
  const file = new SQLite(join(started.home, 'control.db'));
  for (const row of file.prepare<[], { name: string }>("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()) {
    file.exec(`DROP TRIGGER "${row.name}"`);
  }
  expect(file.prepare(sql).run().changes).toBeGreaterThan(0);
  file.close();
}

test('entries tell who did what from where, before and after', async () => {
  const entries = await listAudit(started.control.context, started.owner, 'shop', { limit: 10 });
  expect(entries).toMatchObject([
    {
      action: 'project.update',
      before: expect.stringContaining('"name":"Shop"'),
      after: expect.stringContaining('"name":"Store"'),
    },
    { action: 'project.create', subject: 'shop', actor: 'owner@example.com', ip: '192.0.2.1', userAgent: 'test' },
  ]);
});

test('pages go back by seq', async () => {
  const { context } = started.control;
  const [newest] = await listAudit(context, started.owner, null, { limit: 1 });
  const older = await listAudit(context, started.owner, null, { limit: 10, beforeSeq: newest?.seq });
  expect(older.length).toBeGreaterThan(1);
  expect(older[0]?.seq).toBe((newest?.seq ?? 0) - 1);
});

test('an untouched chain holds, across restarts and parallel changes', async () => {
  started = await started.restart();
  const { context } = started.control;
  await Promise.all([1, 2, 3].map((maxRows) => updateSettings(context, started.owner, 'shop', { api: { maxRows } })));
  const verdict = await verifyAudit(context);
  expect(verdict.firstBadSeq).toBeNull();
  expect(verdict.entries).toBe(await context.database.auditEntry.count());
});

test.each([
  ['an altered entry', "UPDATE audit_entries SET after = '{}' WHERE action = 'project.create'"],
  ['an altered actor', "UPDATE audit_entries SET actor = 'x' WHERE action = 'project.create'"],
  ['a removed entry', "DELETE FROM audit_entries WHERE action = 'project.create'"],
  ['the newest entry removed', 'DELETE FROM audit_entries WHERE seq = (SELECT max(seq) FROM audit_entries)'],
])('%s shows', async (_name, sql) => {
  await tamper(sql);
  expect((await verifyAudit(started.control.context)).firstBadSeq).not.toBeNull();
});

test('a change that fails leaves no entry, and an entry that fails leaves no change', async () => {
  const { context } = started.control;
  const before = await context.database.auditEntry.count();
  const failing = inTransaction(context, async (transaction) => {
    await transaction.project.updateMany({ data: { name: 'Lost' } });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await expect(updateSettings(context, started.owner, 'shop', { api: { maxRows: -1 } })).rejects.toMatchObject({ status: 400 });
  expect(await context.database.auditEntry.count()).toBe(before);
  expect(await context.database.project.findFirst()).toMatchObject({ name: 'Store' });
});

test('settings are recorded by name: a value may be a secret', async () => {
  const { context } = started.control;
  await updateSettings(context, started.owner, 'shop', { auth: { smtp: { password: 'hunter2' } } });
  const [entry] = await listAudit(context, started.owner, 'shop', { limit: 1 });
  expect(entry).toMatchObject({ action: 'settings.update', after: '{"changed":["auth.smtp.password"]}' });
});
