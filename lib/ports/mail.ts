/** Sending mail and text messages: the port, and the outbox that keeps everything in the environment's own file. */

export interface OutgoingMail {
  /** Sent along as idempotency key and message id, so that a retry does not arrive twice. */
  readonly id: string;
  readonly sender: string;
  readonly recipient: string;
  readonly subject: string;
  readonly html: string | null;
  readonly text: string;
}

export interface MailSender {
  /** False while messages stay on this machine. */
  readonly delivers: boolean;
  /** Returns the provider's id of the mail. Throws a `DeliveryError`. */
  send(mail: OutgoingMail): Promise<string | null>;
}

/** Where an environment's mails go. */
export type MailTransport =
  | { readonly kind: 'outbox' }
  | { readonly kind: 'smtp'; readonly host: string; readonly port: number; readonly user: string; readonly password: string }
  | { readonly kind: 'resend'; readonly apiKey: string };

/** Why a mail did not go out. A permanent failure is not tried again. */
export class DeliveryError extends Error {
  readonly permanent: boolean;
  readonly retryAfterMs: number | null;

  constructor(message: string, options: { permanent?: boolean; retryAfterMs?: number | null; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DeliveryError';
    this.permanent = options.permanent ?? false;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** Takes every mail and sends none: the row in the outbox is the delivery. */
export const outbox: MailSender = { delivers: false, send: () => Promise.resolve(null) };
