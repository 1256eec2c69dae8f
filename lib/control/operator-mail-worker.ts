/** Takes the control plane's mails to their sender, with growing pauses after failures, for about a day. */

import type { OperatorMail } from '#generated/client.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { findTransport, instanceMail, toSender } from '#lib/control/instance-mail.ts';
import { openContent } from '#lib/control/operator-mails.ts';
import { toRetryDelayMs } from '#lib/engine/queue/jobs.ts';
import { mailSenderFor } from '#lib/ports/mail-senders.ts';

export interface MailWorker {
  /** Looks at once instead of at the next tick. */
  wake(): void;
  /** Sends everything that is due; resolves when nothing is. */
  drain(): Promise<void>;
  /** Waits for the mail under way. */
  stop(): Promise<void>;
}

const pollMs = 2000;
/** Pauses triple from five seconds: the last attempt comes after more than a day. */
const maxAttempts = 11;
const keepMs = 90 * 24 * 3_600_000;

/** One server owns the control database, so a mail needs no lease: a crash between sending and noting it sends it again. */
export function startMailWorker(context: ControlContext): MailWorker {
  const { database } = context;
  let stopped = false;
  let working: Promise<void> = Promise.resolve();

  async function work(): Promise<void> {
    while (!stopped) {
      const where = { status: 'queued', nextAttemptAt: { lte: new Date() } };
      const mail = await database.operatorMail.findFirst({ where, orderBy: { createdAt: 'asc' } });
      if (mail === null) return;
      await attempt(context, mail);
    }
  }

  function drain(): Promise<void> {
    working = working
      .then(work)
      .catch((error: unknown) => context.logger.error({ err: error }, 'the outbox of operators could not be read'));
    return working;
  }

  async function forgetOld(): Promise<void> {
    const before = new Date(Date.now() - keepMs);
    await database.operatorMail.deleteMany({ where: { status: { not: 'queued' }, createdAt: { lt: before } } });
  }

  working = forgetOld().catch((error: unknown) => context.logger.error({ err: error }, 'old mails could not be removed'));
  const timer = setInterval(() => void drain(), pollMs);
  timer.unref();
  return {
    drain,
    wake: () => void drain(),
    stop() {
      stopped = true;
      clearInterval(timer);
      return working;
    },
  };
}

async function attempt(context: ControlContext, mail: OperatorMail): Promise<void> {
  const attempts = mail.attempts + 1;
  const change = await deliver(context, mail)
    .then(() => ({ status: 'sent', sealedContent: null, error: null }))
    .catch((error: unknown) => {
      context.logger.error({ err: error, mail: mail.id, attempts }, 'a mail to an operator did not go out');
      const text = (error instanceof Error ? error.message : String(error)).slice(0, 500);
      // The link in it would be dead by the time somebody mends an address that is refused for good.
      if (isPermanent(error) || attempts >= maxAttempts) return { status: 'failed', sealedContent: null, error: text };
      return { error: text, nextAttemptAt: new Date(Date.now() + toRetryDelayMs(attempts, Math.random())) };
    });
  // The many-form does not mind a mail that was withdrawn meanwhile.
  await context.database.operatorMail.updateMany({
    where: { id: mail.id },
    data: { ...change, attempts, updatedAt: new Date() },
  });
}

async function deliver(context: ControlContext, mail: OperatorMail): Promise<void> {
  const settings = await instanceMail.read(context);
  const transport = findTransport(settings);
  if (transport === null) throw new Error('No mail server is configured any more.');
  const content = openContent(context, mail);
  if (content === null) return;
  const { id, recipient, subject } = mail;
  await mailSenderFor(transport).send({ id, sender: toSender(settings), recipient, subject, ...content });
}

function isPermanent(error: unknown): boolean {
  return error instanceof Error && 'permanent' in error && error.permanent === true;
}
