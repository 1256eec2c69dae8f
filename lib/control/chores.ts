/** What the control plane does by itself, every few seconds: end impersonations whose ground is gone. */

import type { ControlContext } from '#lib/control/control-context.ts';
import { endStaleImpersonations } from '#lib/control/end-impersonation.ts';

export interface Chores {
  /** Waits for the round under way. */
  stop(): Promise<void>;
}

const roundMs = 10_000;

/** A failed round is logged, and the next one tries again. */
export function startChores(context: ControlContext): Chores {
  let round: Promise<void> = Promise.resolve();
  const run = () => {
    round = round
      .then(() => endStaleImpersonations(context))
      .catch((error: unknown) => context.logger.error({ err: error }, 'a chore of the control plane failed'));
  };
  const timer = setInterval(run, roundMs);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      return round;
    },
  };
}
