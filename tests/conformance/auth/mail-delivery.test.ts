/** From the outbox to a real SMTP server and to Resend's API: delivery, retries, bounces, one recipient only. */

import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mailJobKind, markMailBounced, queueMail } from '#lib/engine/queue/mails.ts';
import { startQueue } from '#lib/engine/queue/queue.ts';
import { DeliveryError, type MailSender, outbox } from '#lib/ports/mail.ts';
import { createResendSender, parseBounce } from '#lib/ports/resend.ts';
import { smsOutbox } from '#lib/ports/sms.ts';
import { createSmtpSender } from '#lib/ports/smtp.ts';
import { mailJobHandler } from '#lib/services/auth/mail-jobs.ts';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../../support/auth-environment.ts';

let environment: AuthEnvironment;
beforeEach(async () => {
  environment = await openAuthEnvironment({ settings: { mailer_autoconfirm: false } });
});
afterEach(() => environment.close());

async function deliver(
  sender: MailSender,
  clock = { nowMs: environment.now, random: () => 0.5 },
  timeoutMs = 5000,
): Promise<void> {
  const handler = mailJobHandler(
    environment.database,
    { mail: () => sender, sms: () => smsOutbox, seal: environment.seal },
    environment.now,
    timeoutMs,
  );
  const queue = startQueue(environment.database, { [mailJobKind]: handler }, clock);
  await queue.drain();
  await queue.stop();
}

const signUp = (data: Record<string, unknown> = {}) =>
  connect(environment, environment.anonKey).auth.signUp({ email: 'a@x.io', password: 'secret1', options: { data } });

test('the outbox keeps what it was given', async () => {
  await signUp();
  await deliver(outbox);
  expect(environment.mails('a@x.io')).toMatchObject([
    { status: 'sent', subject: 'Confirm your email address', text: expect.stringContaining('/verify?token=') },
  ]);
});

test('SMTP delivers to one recipient whatever the subject says, and the content leaves the file', async () => {
  const received: { to: string[]; body: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push({ to: session.envelope.rcptTo.map((to) => to.address), body: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port));
  });
  environment.set({ mailer_subjects_confirmation: 'Hello {{ .Data.name }}' });
  await signUp({ name: 'A\r\nBcc: evil@x.io' });
  await deliver(createSmtpSender({ host: '127.0.0.1', port, user: '', password: '' }));
  await new Promise<void>((resolve) => server.close(() => resolve()));
  expect(received).toHaveLength(1);
  expect(received[0]?.to).toEqual(['a@x.io']);
  expect(received[0]?.body).toMatch(/^Subject: Hello A Bcc: evil@x.io$/m);
  expect(received[0]?.body).not.toMatch(/^Bcc:/m);
  expect(environment.mails('a@x.io')).toMatchObject([
    { status: 'sent', html: null, text: null, providerId: expect.stringContaining('@koyalite') },
  ]);
});

test('a provider that is down for a minute loses nothing', async () => {
  await signUp();
  let up = false;
  const sender: MailSender = { delivers: true, send: async () => (up ? 'm1' : Promise.reject(new DeliveryError('down'))) };
  await deliver(sender);
  expect(environment.mails('a@x.io')[0]?.status).toBe('queued');
  environment.pass(60);
  up = true;
  await deliver(sender);
  expect(environment.mails('a@x.io')[0]).toMatchObject({ status: 'sent', providerId: 'm1' });
});

test.each([
  ['says nothing', () => undefined],
  ['says something else', (socket: Socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n')],
  ['hangs up', (socket: Socket) => void socket.destroy()],
  ['is closing', (socket: Socket) => void socket.end('421 try later\r\n')],
  ['drips', (socket: Socket) => void setInterval(() => socket.destroyed || socket.write('2'), 50).unref()],
])('a mail server that %s holds up nobody, and the mail waits', async (_, greet) => {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    greet(socket);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  await signUp();
  await deliver(createSmtpSender({ host: '127.0.0.1', port, user: '', password: '' }), undefined, 400);
  expect(environment.mails('a@x.io')[0]).toMatchObject({ status: 'queued', text: expect.stringContaining('token=') });
  for (const socket of sockets) socket.destroy();
  server.close();
  environment.pass(60);
  await deliver({ delivers: true, send: async () => 'm1' });
  expect(environment.mails('a@x.io')[0]).toMatchObject({ status: 'sent', providerId: 'm1' });
});

test('a sender that never answers does not hold up the mails behind it', async () => {
  await signUp();
  await connect(environment, environment.anonKey).auth.signUp({ email: 'b@x.io', password: 'secret1' });
  const asked: string[] = [];
  const sender: MailSender = {
    delivers: true,
    send: ({ id, recipient }) => {
      asked.push(recipient);
      return recipient === 'a@x.io' ? new Promise(() => {}) : Promise.resolve(id);
    },
  };
  await deliver(sender, undefined, 100);
  expect(asked).toEqual(['a@x.io', 'b@x.io']);
  expect(environment.mails('a@x.io')[0]?.status).toBe('queued');
  expect(environment.mails('b@x.io')[0]?.status).toBe('sent');
});

test('a clock that jumps a year ahead or back sends what waits, once', async () => {
  const sent: string[] = [];
  let up = false;
  const sender: MailSender = {
    delivers: true,
    async send({ id }) {
      if (!up) throw new DeliveryError('down');
      sent.push(id);
      return id;
    },
  };
  for (const seconds of [365 * 86_400, -365 * 86_400]) {
    up = false;
    await signUp();
    const handler = mailJobHandler(
      environment.database,
      { mail: () => sender, sms: () => smsOutbox, seal: environment.seal },
      environment.now,
    );
    const queue = startQueue(environment.database, { [mailJobKind]: handler }, { nowMs: environment.now, random: () => 0.5 });
    await queue.drain();
    up = true;
    environment.pass(seconds);
    await queue.drain();
    await queue.stop();
    expect(environment.mails('a@x.io').map((mail) => mail.status)).toEqual(sent.map(() => 'sent'));
  }
  expect(new Set(sent).size).toBe(2);
  expect(sent).toHaveLength(2);
});

test('an address that is refused for good is not tried again', async () => {
  await signUp();
  let tries = 0;
  const sender: MailSender = {
    delivers: true,
    send: async () => {
      tries++;
      throw new DeliveryError('no such mailbox', { permanent: true });
    },
  };
  await deliver(sender);
  environment.pass(3600);
  await deliver(sender);
  expect(tries).toBe(1);
  expect(environment.mails('a@x.io')[0]).toMatchObject({ status: 'failed', error: 'no such mailbox' });
});

test('Resend gets the mail with an idempotency key; its signed webhook marks the bounce', async () => {
  const seen: { key: unknown; body: string }[] = [];
  const api = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    seen.push({ key: request.headers['idempotency-key'], body });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: 'resend-1' }));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  await environment.database.write((connection) =>
    queueMail(
      connection,
      environment.seal,
      { channel: 'email', template: 't', sender: 'a@b.io', recipient: 'c@d.io', subject: 's', html: '<p>h</p>', text: 'h' },
      environment.now(),
    ),
  );
  await deliver(createResendSender('re_key', `http://127.0.0.1:${(api.address() as AddressInfo).port}`));
  await new Promise<void>((resolve) => api.close(() => resolve()));
  const mail = environment.mails('c@d.io')[0];
  expect(mail).toMatchObject({ status: 'sent', providerId: 'resend-1' });
  expect(seen).toMatchObject([{ key: mail?.id, body: expect.stringContaining('"to":["c@d.io"]') }]);

  const secret = Buffer.from('a webhook secret').toString('base64');
  const payload = JSON.stringify({ type: 'email.bounced', data: { email_id: 'resend-1', bounce: { message: 'mailbox full' } } });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `v1,${createHmac('sha256', 'a webhook secret').update(`m1.${timestamp}.${payload}`).digest('base64')}`;
  const report = parseBounce(payload, { id: 'm1', timestamp, signature }, `whsec_${secret}`);
  expect(report).toEqual({ providerId: 'resend-1', reason: 'mailbox full' });
  await environment.database.write((connection) =>
    markMailBounced(connection, report?.providerId ?? '', report?.reason ?? '', environment.now()),
  );
  expect(environment.mails('c@d.io')[0]).toMatchObject({ status: 'bounced', error: 'mailbox full' });
  expect(() => parseBounce(payload, { id: 'm1', timestamp, signature: 'v1,AAAA' }, `whsec_${secret}`)).toThrow();
});

test('the rendered templates are those of emails/', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  expect(() => execFileSync(process.execPath, ['emails/build.mjs', '--check'], { cwd: root, stdio: 'pipe' })).not.toThrow();
});
