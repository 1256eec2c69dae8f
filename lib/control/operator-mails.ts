/** The control plane's outbox: a mail is a row written in the transaction that causes it, its content sealed until it is sent. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { OperatorMail } from '#generated/client.ts';
import { type Actor, requirePlatformOwner } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import type { ControlTransaction } from '#lib/control/control-database.ts';
import { findTransport, type InstanceMail } from '#lib/control/instance-mail.ts';
import { mailTemplates } from '#lib/identity/generated/mail-templates.ts';
import { fillHtml, fillSubject, fillText, type MailVariables } from '#lib/identity/mail-template.ts';

export interface NewOperatorMail {
  template: 'operator_invite' | 'operator_recovery' | 'new_device' | 'factors_reset';
  recipient: string;
  variables: MailVariables;
}

const contentSchema = z.object({ html: z.string(), text: z.string() });
export type MailContent = z.infer<typeof contentSchema>;

/**
 * The mail's id; null while no mail can leave this machine: an outbox of live links nobody may open would only be a risk.
 * Call `context.mails.wake()` after the commit.
 */
export async function queueOperatorMail(
  context: ControlContext,
  transaction: ControlTransaction,
  settings: InstanceMail,
  { template, recipient, variables }: NewOperatorMail,
): Promise<string | null> {
  if (findTransport(settings) === null) return null;
  const { subject, html, text } = mailTemplates[template];
  const id = randomUUID();
  const content: MailContent = { html: fillHtml(html, variables), text: fillText(text, variables) };
  const now = new Date();
  await transaction.operatorMail.create({
    data: {
      id,
      template,
      recipient,
      subject: fillSubject(subject, variables),
      sealedContent: context.masterKey.seal('operator-mail', JSON.stringify(content), id),
      status: 'queued',
      nextAttemptAt: now,
      createdAt: now,
      updatedAt: now,
    },
  });
  return id;
}

/** Null when it is gone: sent, or given up. */
export function openContent(context: ControlContext, mail: OperatorMail): MailContent | null {
  if (mail.sealedContent === null) return null;
  return contentSchema.parse(JSON.parse(context.masterKey.unseal('operator-mail', mail.sealedContent, mail.id)));
}

/** Newest first, without contents; for platform owners. */
export function listOperatorMails(context: ControlContext, actor: Actor, limit: number): Promise<OperatorMail[]> {
  requirePlatformOwner(actor);
  return context.database.operatorMail.findMany({ orderBy: { createdAt: 'desc' }, take: limit });
}
