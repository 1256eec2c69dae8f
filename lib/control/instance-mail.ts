/** How the platform's own mails leave this machine; without a way out none is written. */

import { z } from 'zod';
import { type Actor, requirePlatformOwner, requireSelf } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { makeInstanceGroup } from '#lib/control/instance-settings.ts';
import { Problem } from '#lib/http/problem.ts';
import { mailTemplates } from '#lib/identity/generated/mail-templates.ts';
import { fillHtml, fillSubject, fillText } from '#lib/identity/mail-template.ts';
import type { MailTransport } from '#lib/ports/mail.ts';
import { mailSenderFor } from '#lib/ports/mail-senders.ts';

const text = z.string().trim().max(255).default('');

export const instanceMailSchema = z
  .strictObject({
    sender_address: z.union([z.literal(''), z.email().max(255)]).default(''),
    sender_name: z.string().trim().max(80).default('KoyaLite'),
    smtp_host: text.meta({ description: 'Empty and no Resend key: nothing is mailed' }),
    smtp_port: z.int().min(1).max(65_535).default(587),
    smtp_user: text,
    smtp_pass: z.string().max(1024).default(''),
    resend_api_key: text.meta({ description: 'Send through Resend instead' }),
  })
  .refine((mail) => (mail.smtp_host === '' && mail.resend_api_key === '') || mail.sender_address !== '', {
    path: ['sender_address'],
    message: 'mails need a sender',
  });
export type InstanceMail = z.output<typeof instanceMailSchema>;

export const instanceMail = makeInstanceGroup('mail', instanceMailSchema);

/** Null while no mail can leave this machine. */
export function findTransport(mail: InstanceMail): MailTransport | null {
  if (mail.resend_api_key !== '') return { kind: 'resend', apiKey: mail.resend_api_key };
  if (mail.smtp_host === '') return null;
  return { kind: 'smtp', host: mail.smtp_host, port: mail.smtp_port, user: mail.smtp_user, password: mail.smtp_pass };
}

export function toSender({ sender_name, sender_address }: InstanceMail): string {
  const name = sender_name.replace(/["\\<>\p{Cc}]/gu, '');
  return name === '' ? sender_address : `"${name}" <${sender_address}>`;
}

/** Sends one mail to the asking owner right now. 422 with the mail server's words when it does not go out. */
export async function sendTestMail(context: ControlContext, actor: Actor): Promise<string> {
  requirePlatformOwner(actor);
  const id = requireSelf(actor);
  const mail = await instanceMail.read(context);
  const transport = findTransport(mail);
  if (transport === null) throw noMail();
  const { subject, html, text: plain } = mailTemplates.operator_test;
  const variables = { SiteURL: context.externalUrl() };
  const filled = { subject: fillSubject(subject, variables), html: fillHtml(html, variables), text: fillText(plain, variables) };
  try {
    const sender = mailSenderFor(transport);
    await sender.send({ id: `test-${id}-${Date.now()}`, sender: toSender(mail), recipient: actor.email, ...filled });
  } catch (cause) {
    const message = `The mail did not go out: ${cause instanceof Error ? cause.message : 'unknown failure'}`;
    throw new Problem({ status: 422, code: 'mail_failed', message, cause });
  }
  return actor.email;
}

export function noMail(): Problem {
  return new Problem({
    status: 409,
    code: 'mail_not_configured',
    message: 'No mail can leave this machine yet.',
    hint: 'An owner of the platform sets the mail server in the settings.',
  });
}
