/** An environment's outbox for operators: what was mailed to whom, and how it went. */

import type { Actor } from '#lib/control/actor.ts';
import { roles } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { auditAuth } from '#lib/control/end-users.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { toSealingKey } from '#lib/control/environment-key.ts';
import { enqueueJob } from '#lib/engine/queue/jobs.ts';
import { findMail, listMails, type Mail, type MailStatus, mailJobKind } from '#lib/engine/queue/mails.ts';
import { Problem } from '#lib/http/problem.ts';
import { mailSealOf } from '#lib/identity/sealing.ts';

export interface MailQuery {
  to?: string | undefined;
  status?: MailStatus | undefined;
  /** From 1. */
  page: number;
  perPage: number;
}

/** Newest first. Needs the role developer; in production the contents, which hold live tokens, take an admin. */
export async function listEnvironmentMails(
  context: ControlContext,
  actor: Actor,
  ref: string,
  { to, status, page, perPage }: MailQuery,
): Promise<Mail[]> {
  const { access, record, database } = await openEnvironment(context, actor, ref, 'developer');
  const shown = record.kind !== 'production' || roles.indexOf(access.role) >= roles.indexOf('admin');
  if (access.project.hipaa) await auditAuth(context, actor, ref, access.project.ref, 'mail.list', ref, { to: to ?? null, page });
  const seal = mailSealOf(toSealingKey(context.masterKey, record));
  const filter = { ...(to === undefined ? {} : { recipient: to }), ...(status === undefined ? {} : { status }) };
  const mails = database.read((connection) =>
    listMails(connection, seal, { ...filter, limit: perPage, offset: (page - 1) * perPage }),
  );
  return mails.map((mail) => (shown ? mail : { ...mail, html: null, text: null }));
}

export async function getEnvironmentMail(context: ControlContext, actor: Actor, ref: string, id: string): Promise<Mail> {
  const { access, record, database } = await openEnvironment(context, actor, ref, 'developer');
  const mail = database.read((connection) => findMail(connection, mailSealOf(toSealingKey(context.masterKey, record)), id));
  if (mail === null) throw mailNotFound();
  const shown = record.kind !== 'production' || roles.indexOf(access.role) >= roles.indexOf('admin');
  if (!shown) return { ...mail, html: null, text: null };
  if (record.kind === 'production') await auditAuth(context, actor, ref, access.project.ref, 'mail.read', id);
  return mail;
}

/** Queues the mail once more. 409 when its content is gone, or it waits already. Needs the role admin. */
export async function resendEnvironmentMail(context: ControlContext, actor: Actor, ref: string, id: string): Promise<Mail> {
  const { access, record, database } = await openEnvironment(context, actor, ref, 'admin');
  const seal = mailSealOf(toSealingKey(context.masterKey, record));
  await auditAuth(context, actor, ref, access.project.ref, 'mail.resend', id);
  return database.write((connection) => {
    const mail = findMail(connection, seal, id);
    if (mail === null) throw mailNotFound();
    const refuse = (message: string) => new Problem({ status: 409, code: 'mail_not_resendable', message });
    if (mail.text === null) throw refuse('The content of a delivered mail is not kept.');
    if (mail.status === 'queued') throw refuse('The mail is waiting to be sent.');
    const now = Date.now();
    const sql = `UPDATE _koyalite_mails SET status = 'queued', error = NULL, updated_at = ? WHERE id = ?`;
    connection.run(sql, new Date(now).toISOString(), id);
    enqueueJob(connection, { kind: mailJobKind, payload: { mailId: id } }, now);
    return findMail(connection, seal, id) ?? mail;
  });
}

function mailNotFound(): Problem {
  return new Problem({ status: 404, code: 'mail_not_found', message: 'There is no mail with this id.' });
}
