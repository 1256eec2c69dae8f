/** Looks after the mails of all environments: at the start, then every hour, one file at a time. */

import { hasMailsToTend, tendMails } from '#lib/engine/queue/mail-retention.ts';
import type { MailSeal } from '#lib/engine/queue/mails.ts';
import { type VisitOptions, visitFiles } from '#lib/engine/queue/visit-files.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';

export interface MailCareOptions extends Pick<VisitOptions<EnvironmentRecord>, 'open' | 'report' | 'pauseMs'> {
  /** Asked each time, so that new and changed environments count. */
  environments(): readonly EnvironmentRecord[];
  sealOf(environment: EnvironmentRecord): MailSeal;
  nowMs?(): number;
  everyMs?: number;
}

export interface MailCare {
  /** Resolves when a round that is under way has ended. */
  stop(): Promise<void>;
  /** A round beyond those by the clock. */
  run(): Promise<void>;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export function startMailCare(options: MailCareOptions): MailCare {
  const { nowMs = Date.now, everyMs = hourMs } = options;
  const stopped = new AbortController();
  let working: Promise<void> = Promise.resolve();
  const forgetBefore = (environment: EnvironmentRecord) => nowMs() - authSettingsOf(environment).mailer_retention_days * dayMs;

  function run(): Promise<void> {
    working = working.then(() =>
      visitFiles({
        ...options,
        environments: options.environments(),
        signal: stopped.signal,
        isNeeded: (connection, environment) => hasMailsToTend(connection, forgetBefore(environment)),
        give: (database, environment) => tendMails(database, options.sealOf(environment), forgetBefore(environment), nowMs()),
      }),
    );
    return working;
  }

  void run();
  const timer = setInterval(() => void run(), everyMs);
  timer.unref();
  return {
    run,
    async stop() {
      stopped.abort();
      clearInterval(timer);
      await working;
    },
  };
}
