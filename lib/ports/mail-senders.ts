/** The sender for a transport, made once for each. */

import { LRUCache } from 'lru-cache';
import { type MailSender, type MailTransport, outbox } from '#lib/ports/mail.ts';
import { createResendSender } from '#lib/ports/resend.ts';
import { createSmtpSender } from '#lib/ports/smtp.ts';
import { remember } from '#lib/remember.ts';

const senders = remember('ports.mail-senders', () => new LRUCache<string, MailSender>({ max: 200 }));

export function mailSenderFor(transport: MailTransport): MailSender {
  if (transport.kind === 'outbox') return outbox;
  const key = JSON.stringify(transport);
  const known = senders.get(key);
  if (known !== undefined) return known;
  const sender = transport.kind === 'smtp' ? createSmtpSender(transport) : createResendSender(transport.apiKey);
  senders.set(key, sender);
  return sender;
}
