/** The job that takes a mail from the outbox to its sender. */

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Database } from '#lib/engine/database.ts';
import { findMail, type Mail, type MailSeal, markMailFailed, markMailSent } from '#lib/engine/queue/mails.ts';
import type { JobHandler } from '#lib/engine/queue/queue.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import type { MailSender, MailTransport } from '#lib/ports/mail.ts';
import type { SmsSender } from '#lib/ports/sms.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';

export interface Senders {
  /** Asked for each mail, so that changed settings count at once. */
  mail(): MailSender;
  sms(): SmsSender;
  /** Opens what the outbox keeps sealed. */
  readonly seal: MailSeal;
}

/** Sealed under another key, or gone: no attempt will do better. */
class UnreadableMail extends Error {
  readonly permanent = true;

  constructor() {
    super('The content of the mail cannot be opened');
  }
}

/** Less than a job's lease. */
const sendTimeoutMs = 45_000;

const payloadSchema = z.object({ mailId: z.string() });

/** Register under `mailJobKind`. A mail that cannot go out for good is marked failed, others come back later. */
export function mailJobHandler(
  database: Database,
  senders: Senders,
  nowMs: () => number = Date.now,
  timeoutMs = sendTimeoutMs,
): JobHandler {
  return {
    async run(job) {
      const { mailId } = payloadSchema.parse(job.payload);
      const mail = database.read((connection) => findMail(connection, senders.seal, mailId));
      if (mail === null || mail.status !== 'queued') return;
      try {
        if (mail.text === null) throw new UnreadableMail();
        const sender = mail.channel === 'email' ? senders.mail() : senders.sms();
        const providerId = await inTime(send(senders, { ...mail, text: mail.text }), timeoutMs);
        await database.write((connection) => markMailSent(connection, mailId, providerId, sender.delivers, nowMs()));
      } catch (error) {
        if (!isPermanent(error)) throw error;
        await database.write((connection) => markMailFailed(connection, mailId, error.message, nowMs()));
      }
    },
    onDead(connection, job, error) {
      markMailFailed(connection, payloadSchema.parse(job.payload).mailId, error, nowMs());
    },
  };
}

function send(senders: Senders, mail: Mail & { text: string }): Promise<string | null> {
  const { id, sender, recipient, subject, html, text } = mail;
  return mail.channel === 'sms'
    ? senders.sms().send({ id, recipient, text })
    : senders.mail().send({ id, sender, recipient, subject, html, text });
}

/** One sender that never answers must not hold up the mails behind it. Should it have worked all the same, the id tells. */
async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const late = new AbortController();
  const tooLate = sleep(timeoutMs, undefined, { signal: late.signal, ref: false }).then(() => {
    throw new Error('The mail server did not answer in time');
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    late.abort();
    tooLate.catch(() => {});
  }
}

function isPermanent(error: unknown): error is Error {
  return error instanceof Error && 'permanent' in error && error.permanent === true;
}

/** Where an environment's mails go, by its settings. */
export function mailTransportOf(environment: EnvironmentRecord): MailTransport {
  const settings = authSettingsOf(environment);
  if (settings.resend_api_key !== '') return { kind: 'resend', apiKey: settings.resend_api_key };
  if (settings.smtp_host === '') return { kind: 'outbox' };
  return {
    kind: 'smtp',
    host: settings.smtp_host,
    port: settings.smtp_port,
    user: settings.smtp_user,
    password: settings.smtp_pass,
  };
}
