/** Mail through Resend, and its webhook for mails that bounced. */

import { Resend } from 'resend';
import { z } from 'zod';
import { DeliveryError, type MailSender } from '#lib/ports/mail.ts';

const defaultTimeoutMs = 20_000;

/** What is wrong with this one mail, and will be at the next try. A wrong key is the operator's to mend, and the mail waits for it. */
const permanentErrors = new Set([
  'validation_error',
  'invalid_parameter',
  'invalid_from_address',
  'invalid_attachment',
  'missing_required_field',
  'invalid_idempotency_key',
  'invalid_idempotent_request',
]);

const acceptedSchema = z.object({ id: z.string().min(1) });
const refusalSchema = z.object({ name: z.string(), message: z.string() });

/** `baseUrl` is Resend's and the time twenty seconds, except in tests. */
export function createResendSender(apiKey: string, baseUrl?: string, timeoutMs = defaultTimeoutMs): MailSender {
  const client = new Resend(apiKey, baseUrl === undefined ? undefined : { baseUrl });
  return {
    delivers: true,
    async send(mail) {
      const { data, error, headers } = await client.emails
        .send(
          {
            from: mail.sender,
            to: [mail.recipient],
            subject: mail.subject,
            text: mail.text,
            ...(mail.html === null ? {} : { html: mail.html }),
          },
          { idempotencyKey: mail.id, signal: AbortSignal.timeout(timeoutMs) },
        )
        .catch((cause: unknown) => {
          throw new DeliveryError('Resend did not answer in time', { cause });
        });
      const accepted = acceptedSchema.safeParse(data);
      // Only an id says that the mail was taken: whatever stands between here and Resend may answer as well.
      if (accepted.success) return accepted.data.id;
      const refusal = refusalSchema.safeParse(error).data ?? { name: 'application_error', message: 'Unexpected answer' };
      const retryAfterSeconds = Number(headers?.['retry-after']);
      throw new DeliveryError(`${refusal.name}: ${refusal.message}`, {
        permanent: permanentErrors.has(refusal.name),
        retryAfterMs:
          Number.isFinite(retryAfterSeconds) && retryAfterSeconds > 0 ? Math.min(retryAfterSeconds, 86_400) * 1000 : null,
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

export type BounceReader = typeof parseBounce;

/** Checks a webhook's signature and time; null for events that are no bounce. Throws when the signature does not hold. */
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
