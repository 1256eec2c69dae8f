/** D08 in short: the SMTP server hangs, then is gone; sign-ups are answered all the same, and after a kill no mail is lost. */

import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../faults/start-server.ts';
import { createTestProject, type TestProject } from '../../faults/test-project.ts';

const home = mkdtempSync(join(tmpdir(), 'koyalite-mail-faults-'));
let server: RunningServer;
let project: TestProject;

beforeAll(async () => {
  server = await startServer(home);
  project = await createTestProject(server, 'Mails', 'select 1', '00000000-0000-4000-8000-000000000001');
});
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const signUp = (email: string) =>
  fetch(`${server.url}${project.path}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: project.headers.apikey ?? '', 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'secret1' }),
  });
const set = (auth: Record<string, unknown>) => server.platform('PATCH', `/projects/${project.ref}/settings`, { auth });
const listen = (listening: Server, port = 0) =>
  new Promise<number>((resolve) => listening.listen(port, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port)));

test('sign-ups do not wait for a hanging mail server, and every mail arrives after a kill and a start', async () => {
  const hanging = new Set<Socket>();
  const connected = Promise.withResolvers<void>();
  const silent = createServer((socket) => {
    hanging.add(socket.on('error', () => {}));
    connected.resolve();
  });
  const port = await listen(silent);
  await set({ smtp_host: '127.0.0.1', smtp_port: port, smtp_max_frequency: 0 });
  const recipients = Array.from({ length: 8 }, (_, i) => `u${i}@x.io`);
  const first = await signUp(recipients[0] ?? '');
  await connected.promise;
  // The worker now waits for a greeting that never comes; nobody else does.
  const answers = [first, ...(await Promise.all(recipients.slice(1).map(signUp)))];
  expect(answers.map((answer) => answer.status)).toEqual(recipients.map(() => 200));
  expect([...hanging].every((socket) => !socket.destroyed)).toBe(true);

  await server.kill();
  for (const socket of hanging) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
  const received: string[] = [];
  const all = Promise.withResolvers<void>();
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      stream.resume().on('end', () => {
        received.push(session.envelope.rcptTo[0]?.address ?? '');
        done();
        if (received.length === recipients.length) all.resolve();
      });
    },
  });
  await new Promise<void>((resolve) => void smtp.listen(port, '127.0.0.1', resolve));
  // No request reaches the environment: the start alone takes up what was left.
  server = await startServer(home);
  await all.promise;
  expect(received.sort()).toEqual(recipients);
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});

test("a server killed between the mail server's yes and its own record sends again, under the same id", async () => {
  const ids: string[] = [];
  const accepted = Promise.withResolvers<void>();
  const again = Promise.withResolvers<void>();
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        ids.push(/^Message-ID: (.+)$/im.exec(Buffer.concat(chunks).toString())?.[1] ?? '');
        // The first one is kept, and its sender never hears of it.
        if (ids.length === 1) return accepted.resolve();
        done();
        again.resolve();
      });
    },
  });
  smtp.on('error', () => {});
  const port = await new Promise<number>((resolve) => {
    const listening = smtp.listen(0, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port));
  });
  await set({ smtp_port: port });
  expect((await signUp('twice@x.io')).status).toBe(200);
  await accepted.promise;
  await server.kill();
  server = await startServer(home);
  await again.promise;
  expect(ids[0]).toMatch(/^<[0-9a-f-]{36}@koyalite>$/);
  expect(ids).toEqual([ids[0], ids[0]]);
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});

test('an address the mail server refuses for good is tried once and marked, others go on', async () => {
  const received: string[] = [];
  const good = Promise.withResolvers<void>();
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('gone') ? done(Object.assign(new Error('No such mailbox'), { responseCode: 550 })) : done(),
    onData(stream, session, done) {
      stream.resume().on('end', () => {
        received.push(session.envelope.rcptTo[0]?.address ?? '');
        done();
        good.resolve();
      });
    },
  });
  const port = await new Promise<number>((resolve) => {
    const listening = smtp.listen(0, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port));
  });
  await set({ smtp_port: port });
  for (const email of ['gone@x.io', 'here@x.io']) expect((await signUp(email)).status).toBe(200);
  await good.promise;
  expect(received).toEqual(['here@x.io']);
  const query = `SELECT m.status, attempts FROM _koyalite_mails m JOIN _koyalite_jobs j ON j.idempotency_key = m.id WHERE recipient = 'gone@x.io'`;
  expect(await server.platform('POST', `/projects/${project.ref}/database/query`, { query })).toEqual([
    { status: 'failed', attempts: 1 },
  ]);
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});
