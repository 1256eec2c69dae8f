/**
 * The outbox: every mail and text message of an environment is a row first, queued in its cause's transaction. What a mail
 * says is sealed in the file: it holds live codes and links.
 */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Connection, Row } from '#lib/engine/database.ts';
import { enqueueJob } from '#lib/engine/queue/jobs.ts';

export const mailJobKind = 'send-mail';

/** Pauses that triple from five seconds: the last attempt comes after more than a day. */
const maxSendAttempts = 11;

/** Seals what the file must not tell. `name` tells apart what is sealed, so that no text can be moved to another row. */
export interface MailSeal {
  seal(name: string, plain: string): string;
  /** Throws for what was sealed under another key or name. */
  open(name: string, sealed: string): string;
}

export interface NewMail {
  readonly channel: 'email' | 'sms';
  /** Which template it came from: `confirmation`, `recovery`, … */
  readonly template: string;
  /** `Name <address>` or an address; empty for text messages. */
  readonly sender: string;
  /** One address or E.164 number. */
  readonly recipient: string;
  readonly subject: string;
  readonly html: string | null;
  readonly text: string;
}

export type MailStatus = 'queued' | 'sent' | 'failed' | 'bounced';

export interface Mail extends Omit<NewMail, 'text'> {
  readonly id: string;
  readonly status: MailStatus;
  /** Gone (null) once a real sender has taken the mail or its time is over: it held live tokens. */
  readonly text: string | null;
  readonly providerId: string | null;
  readonly error: string | null;
  readonly createdAt: string;
}

const rowSchema = z.object({
  id: z.string(),
  channel: z.enum(['email', 'sms']),
  template: z.string(),
  sender: z.string(),
  recipient: z.string(),
  subject: z.string(),
  html: z.string().nullable(),
  text: z.string().nullable(),
  sealed_subject: z.string().nullable(),
  sealed_content: z.string().nullable(),
  status: z.enum(['queued', 'sent', 'failed', 'bounced']),
  provider_id: z.string().nullable(),
  error: z.string().nullable(),
  created_at: z.string(),
});

const contentSchema = z.object({ html: z.string().nullable(), text: z.string() });

/** Writes the mail and the job that sends it. Returns the mail's id. */
export function queueMail(connection: Connection, seal: MailSeal, mail: NewMail, nowMs: number): string {
  const id = randomUUID();
  const at = new Date(nowMs).toISOString();
  connection.run(
    `INSERT INTO _koyalite_mails(id, channel, template, sender, recipient, subject, sealed_subject, sealed_content, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?)`,
    id,
    mail.channel,
    mail.template,
    mail.sender,
    mail.recipient,
    sealSubject(seal, id, mail.subject),
    sealContent(seal, id, mail),
    at,
    at,
  );
  enqueueJob(connection, { kind: mailJobKind, payload: { mailId: id }, idempotencyKey: id, maxAttempts: maxSendAttempts }, nowMs);
  return id;
}

export function findMail(connection: Connection, seal: MailSeal, id: string): Mail | null {
  const row = connection.get('SELECT * FROM _koyalite_mails WHERE id = ?', id);
  return row === undefined ? null : toMail(seal, row);
}

export interface MailFilter {
  readonly recipient?: string;
  readonly channel?: 'email' | 'sms';
  readonly status?: MailStatus;
  readonly limit?: number;
  readonly offset?: number;
}

/** Newest first. */
export function listMails(connection: Connection, seal: MailSeal, filter: MailFilter = {}): Mail[] {
  const rows = connection.all(
    `SELECT * FROM _koyalite_mails WHERE (:recipient IS NULL OR recipient = :recipient)
       AND (:channel IS NULL OR channel = :channel) AND (:status IS NULL OR status = :status)
     ORDER BY created_at DESC, rowid DESC LIMIT :limit OFFSET :offset`,
    {
      recipient: filter.recipient ?? null,
      channel: filter.channel ?? null,
      status: filter.status ?? null,
      limit: filter.limit ?? 100,
      offset: filter.offset ?? 0,
    },
  );
  return rows.map((row) => toMail(seal, row));
}

/** Records that a sender took the mail. `forget` drops its content: a delivered mail's tokens need not stay in the file. */
export function markMailSent(
  connection: Connection,
  id: string,
  providerId: string | null,
  forget: boolean,
  nowMs: number,
): void {
  connection.run(
    `UPDATE _koyalite_mails SET status = 'sent', error = NULL, provider_id = :providerId, updated_at = :at,
       sealed_content = iif(:forget, NULL, sealed_content),
       html = iif(:forget, NULL, html), text = iif(:forget, NULL, text) WHERE id = :id`,
    { id, providerId, forget: forget ? 1 : 0, at: new Date(nowMs).toISOString() },
  );
}

export function markMailFailed(connection: Connection, id: string, error: string, nowMs: number): void {
  const at = new Date(nowMs).toISOString();
  connection.run(
    `UPDATE _koyalite_mails SET status = 'failed', error = ?, updated_at = ? WHERE id = ?`,
    error.slice(0, 1000),
    at,
    id,
  );
}

/** A provider reported, after taking it, that the mail did not arrive. Returns whether the mail is known. */
export function markMailBounced(connection: Connection, providerId: string, error: string, nowMs: number): boolean {
  const at = new Date(nowMs).toISOString();
  const sql = `UPDATE _koyalite_mails SET status = 'bounced', error = ?, updated_at = ? WHERE provider_id = ?`;
  return connection.run(sql, error.slice(0, 1000), at, providerId).changes > 0;
}

/** How a subject is kept. */
export function sealSubject(seal: MailSeal, id: string, subject: string): string {
  return seal.seal(`mail-subject/${id}`, subject);
}

/** How the rest of a mail is kept. */
export function sealContent(seal: MailSeal, id: string, { html, text }: Pick<NewMail, 'html' | 'text'>): string {
  return seal.seal(`mail-content/${id}`, JSON.stringify({ html, text }));
}

function toMail(seal: MailSeal, row: Row): Mail {
  const { sealed_subject, sealed_content, provider_id: providerId, created_at: createdAt, ...rest } = rowSchema.parse(row);
  // A row of an earlier version, not sealed yet.
  if (sealed_subject === null) return { ...rest, providerId, createdAt };
  const subject = open(seal, `mail-subject/${rest.id}`, sealed_subject) ?? '';
  const opened = open(seal, `mail-content/${rest.id}`, sealed_content);
  const content = opened === null ? { html: null, text: null } : contentSchema.parse(JSON.parse(opened));
  return { ...rest, subject, ...content, providerId, createdAt };
}

/** What cannot be opened, in a file that came from elsewhere or was tampered with, is as good as gone. */
function open(seal: MailSeal, name: string, sealed: string | null): string | null {
  try {
    return sealed === null ? null : seal.open(name, sealed);
  } catch {
    return null;
  }
}
