/** Mails at rest: sealed in the file, opened for who may read and send them, and forgotten in time. */

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasMailsToTend, tendMails } from '#lib/engine/queue/mail-retention.ts';
import { findMail, listMails, mailJobKind, queueMail } from '#lib/engine/queue/mails.ts';
import { startQueue } from '#lib/engine/queue/queue.ts';
import { mailSealOf } from '#lib/identity/sealing.ts';
import { outbox } from '#lib/ports/mail.ts';
import { smsOutbox } from '#lib/ports/sms.ts';
import { startMailCare } from '#lib/services/auth/mail-care.ts';
import { mailJobHandler } from '#lib/services/auth/mail-jobs.ts';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../../support/auth-environment.ts';
import { newestMail } from '../../support/auth-http.ts';

const dayMs = 86_400_000;
let environment: AuthEnvironment;
beforeEach(async () => {
  environment = await openAuthEnvironment({
    settings: { mailer_autoconfirm: false, mailer_subjects_confirmation: 'Your code is {{ .Token }}' },
  });
});
afterEach(() => environment.close());

/** Everything the environment has on disk. */
function bytes(): string {
  const { file } = environment.database;
  return ['', '-wal', '-shm']
    .filter((suffix) => existsSync(file + suffix))
    .map((suffix) => readFileSync(file + suffix, 'latin1'))
    .join('');
}

const write = (sql: string) => environment.database.write((connection) => connection.run(sql));
const column = (name: string) =>
  environment.database.read((connection) => connection.all(`SELECT ${name} AS v FROM _koyalite_mails`).map((row) => row.v));

/** As a version before sealing wrote it. */
const insertClear = (id: string, text: string | null, status = 'sent') =>
  environment.database.write((connection) =>
    connection.run(
      `INSERT INTO _koyalite_mails(id, template, sender, recipient, subject, html, text, status, created_at, updated_at)
       VALUES (?, 'recovery', 'a@b.io', 'old@x.io', ?, ?, ?, ?, ?, ?)`,
      id,
      `subject-sentinel-${id}`,
      text === null ? null : `<p>${text}</p>`,
      text,
      status,
      new Date(environment.now()).toISOString(),
      new Date(environment.now()).toISOString(),
    ),
  );

test('no code, link, subject or text of a mail or message stands in the file', async () => {
  environment.set({ external_phone_enabled: true });
  const client = connect(environment, environment.anonKey);
  await client.auth.signUp({ email: 'a@x.io', password: 'secret1' });
  await client.auth.signInWithOtp({ phone: '15551234567' });
  const { code, hash } = newestMail(environment, 'a@x.io');
  const text = environment.mails('15551234567')[0]?.text ?? '';
  expect(environment.mails('a@x.io')[0]?.subject).toBe(`Your code is ${code}`);
  expect(text).toMatch(/^Your code is \d{6}$/);
  const found = bytes();
  for (const secret of [hash, `Your code is ${code}`, text, 'Your code is']) expect(found).not.toContain(secret);
  expect(found).toContain('a@x.io');
});

test('a mail opens under its own key, for its own row, or not at all', async () => {
  await connect(environment, environment.anonKey).auth.signUp({ email: 'a@x.io', password: 'secret1' });
  const [mail] = environment.mails('a@x.io');
  const id = mail?.id ?? '';
  const foreign = mailSealOf(randomBytes(32));
  expect(environment.database.read((connection) => findMail(connection, foreign, id))).toMatchObject({
    id,
    subject: '',
    html: null,
    text: null,
  });
  await connect(environment, environment.anonKey).auth.signUp({ email: 'b@x.io', password: 'secret1' });
  // Somebody who can write the file gives one person's mail to another.
  await write(`UPDATE _koyalite_mails SET sealed_content = (SELECT sealed_content FROM _koyalite_mails WHERE id = '${id}')`);
  expect(environment.mails('a@x.io')[0]?.text).toContain('token=');
  expect(environment.mails('b@x.io')[0]?.text).toBeNull();
  const handler = mailJobHandler(environment.database, { mail: () => outbox, sms: () => smsOutbox, seal: environment.seal });
  const queue = startQueue(environment.database, { [mailJobKind]: handler });
  await queue.drain();
  await queue.stop();
  expect(environment.mails('a@x.io')[0]?.status).toBe('sent');
  expect(environment.mails('b@x.io')[0]).toMatchObject({
    status: 'failed',
    error: 'The content of the mail cannot be opened',
  });
});

test('mails an earlier version left are read and sent as they are, then sealed, and nothing of them stays behind', async () => {
  const long = 'body-sentinel '.repeat(1000);
  await insertClear('m1', long);
  await insertClear('m2', 'body-sentinel short', 'queued');
  await insertClear('m3', null);
  const before = environment.mails('old@x.io');
  expect(before.map((mail) => mail.text)).toEqual([null, 'body-sentinel short', long]);
  const forgetBefore = environment.now() - 7 * dayMs;
  const needed = () => environment.database.read((connection) => hasMailsToTend(connection, forgetBefore));
  expect(needed()).toBe(true);
  await tendMails(environment.database, environment.seal, forgetBefore, environment.now());
  expect(needed()).toBe(false);
  expect(environment.mails('old@x.io')).toEqual(before);
  expect([column('subject'), column('html'), column('text')].flat()).toEqual(['', '', '', ...Array(6).fill(null)]);
  // Folded into the file and cut off, so that the log's old frames do not count.
  await environment.database.write((connection) => connection.run(`UPDATE _koyalite_mails SET error = NULL`));
  expect(await checkpointed()).not.toMatch(/body-sentinel|subject-sentinel/);
});

/** What the file holds once its log is folded in. */
async function checkpointed(): Promise<string> {
  const { openFile } = await import('#lib/engine/open-file.ts');
  const handle = openFile(environment.database.file);
  handle.pragma('wal_checkpoint(TRUNCATE)');
  handle.close();
  return bytes();
}

test.each(['sent', 'failed', 'bounced', 'queued'] as const)(
  'what a mail that is %s says is forgotten in time',
  async (status) => {
    await connect(environment, environment.anonKey).auth.signUp({ email: 'a@x.io', password: 'secret1' });
    await write(`UPDATE _koyalite_mails SET status = '${status}', error = ${status === 'failed' ? "'down'" : 'NULL'}`);
    const tend = () => tendMails(environment.database, environment.seal, environment.now() - 7 * dayMs, environment.now());
    environment.pass(6 * 86_400);
    await tend();
    expect(environment.mails('a@x.io')[0]?.text).toContain('token=');
    environment.pass(2 * 86_400);
    await tend();
    const [mail] = environment.mails('a@x.io');
    expect(mail).toMatchObject({ html: null, text: null, subject: expect.stringContaining('Your code') });
    expect(mail?.status).toBe(status === 'queued' ? 'failed' : status);
    expect(mail?.error).toBe({ queued: 'The mail was not sent in time', failed: 'down', sent: null, bounced: null }[status]);
  },
);

test('the round over all files opens those that need it, keeps to their settings, and ends when it is stopped', async () => {
  const opened: string[] = [];
  const failures: string[] = [];
  const others = await Promise.all([openAuthEnvironment(), openAuthEnvironment()]);
  const [idle, missing] = others;
  const record = (target: AuthEnvironment | undefined, days: number, file = target?.database.file ?? '') => ({
    ...(target ?? environment).record(),
    file,
    settings: { ...(target ?? environment).record().settings, auth: { mailer_retention_days: days } },
  });
  await connect(environment, environment.anonKey).auth.signUp({ email: 'a@x.io', password: 'secret1' });
  let days = 30;
  const care = startMailCare({
    environments: () => [record(missing, 7, '/nowhere/data.db'), record(idle, 7), record(environment, days)],
    open: (one) => {
      opened.push(one.ref);
      return environment.database;
    },
    sealOf: () => environment.seal,
    report: (one) => void failures.push(one.ref),
    nowMs: environment.now,
    pauseMs: 0,
  });
  await care.run();
  environment.pass(8 * 86_400);
  await care.run();
  expect(opened).toEqual([]);
  days = 7;
  await care.run();
  expect(opened).toEqual([environment.database.ref]);
  expect(environment.database.read((connection) => listMails(connection, environment.seal))[0]?.text).toBeNull();
  expect(new Set(failures)).toEqual(new Set([missing?.database.ref]));
  await care.stop();
  await environment.database.write((connection) =>
    queueMail(
      connection,
      environment.seal,
      { channel: 'email', template: 't', sender: 'a@b.io', recipient: 'c@d.io', subject: 's', html: null, text: 'kept' },
      environment.now() - 30 * dayMs,
    ),
  );
  await care.run();
  expect(environment.mails('c@d.io')[0]?.text).toBe('kept');
  await Promise.all(others.map((other) => other.close()));
});
