/** Mail over SMTP. */

import { createTransport } from 'nodemailer';
import { DeliveryError, type MailSender } from '#lib/ports/mail.ts';

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Implicit TLS on port 465; elsewhere STARTTLS, required unless the server is on this machine. */
export function createSmtpSender({ host, port, user, password }: SmtpOptions): MailSender {
  const isLocal = host === 'localhost' || host === '127.0.0.1' || host === '::1';
  const transport = createTransport({
    host,
    port,
    secure: port === 465,
    requireTLS: port !== 465 && !isLocal,
    ...(user === '' ? {} : { auth: { user, pass: password } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    delivers: true,
    async send(mail) {
      try {
        const info = await transport.sendMail({
          from: mail.sender,
          // An address object, so that no character in it starts a second recipient.
          to: { name: '', address: mail.recipient },
          subject: mail.subject,
          text: mail.text,
          ...(mail.html === null ? {} : { html: mail.html }),
          messageId: `<${mail.id}@koyalite>`,
        });
        return info.messageId;
      } catch (cause) {
        const status = typeof cause === 'object' && cause !== null && 'responseCode' in cause ? Number(cause.responseCode) : 0;
        throw new DeliveryError(cause instanceof Error ? cause.message : 'SMTP failed', {
          permanent: status >= 550 && status < 560,
          cause,
        });
      }
    },
  };
}
