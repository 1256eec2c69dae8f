/** Mail through Resend, and its webhook for mails that bounced. */

import { Resend } from 'resend';
import { z } from 'zod';
import { DeliveryError, type MailSender } from '#lib/ports/mail.ts';

/** `baseUrl` is Resend's except in tests. */
export function createResendSender(apiKey: string, baseUrl?: string): MailSender {
  const client = new Resend(apiKey, baseUrl === undefined ? undefined : { baseUrl });
  return {
    delivers: true,
    async send(mail) {
      const { data, error, headers } = await client.emails.send(
        {
          from: mail.sender,
          to: [mail.recipient],
          subject: mail.subject,
          text: mail.text,
          ...(mail.html === null ? {} : { html: mail.html }),
        },
        { idempotencyKey: mail.id },
      );
      if (error === null) return data?.id ?? null;
      const status = error.statusCode ?? 0;
      const retryAfterSeconds = Number(headers?.['retry-after']);
      throw new DeliveryError(`${error.name}: ${error.message}`, {
        permanent: status === 400 || status === 403 || status === 422,
        retryAfterMs: Number.isFinite(retryAfterSeconds) && retryAfterSeconds > 0 ? retryAfterSeconds * 1000 : null,
      });
    },
  };
}

const eventSchema = z.object({
  type: z.string(),
  data: z.object({ email_id: z.string(), bounce: z.object({ message: z.string() }).optional() }),
});

export interface BounceReport {
  readonly providerId: string;
  readonly reason: string;
}

/** Checks a webhook's signature; null for events that are no bounce. Throws when the signature does not hold. */
export function parseBounce(
  payload: string,
  headers: { id: string; timestamp: string; signature: string },
  webhookSecret: string,
): BounceReport | null {
  const client = new Resend('re_unused');
  const event = eventSchema.safeParse(client.webhooks.verify({ payload, headers, webhookSecret }));
  if (!event.success) return null;
  const { type, data } = event.data;
  if (type !== 'email.bounced' && type !== 'email.complained' && type !== 'email.failed') return null;
  return { providerId: data.email_id, reason: data.bounce?.message ?? type };
}
