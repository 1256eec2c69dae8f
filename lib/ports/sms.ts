/** Sending text messages: the port and the outbox. Real gateways are reached through the send-SMS hook. */

export interface OutgoingText {
  readonly id: string;
  /** E.164 digits. */
  readonly recipient: string;
  readonly text: string;
}

export interface SmsSender {
  readonly delivers: boolean;
  /** Returns the gateway's id of the message. */
  send(message: OutgoingText): Promise<string | null>;
}

export const smsOutbox: SmsSender = { delivers: false, send: () => Promise.resolve(null) };
