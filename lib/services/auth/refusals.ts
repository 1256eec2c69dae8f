/**
 * Refused attempts to sign in, put on record where they name an account that exists: so many a while and account, or whoever
 * fails for ever would fill the record. Attempts on nobody are counted alone. Callers see to it that the time of the answer
 * does not tell which of the two happened.
 */

import { isProblem, type Problem } from '#lib/http/problem.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { mayRecordRefusal } from '#lib/services/auth/limits.ts';

export interface Attempt {
  /** `password`, `otp`, `totp`, `phone`, `webauthn`, `recovery_code`, `passkey`, `reauthentication` */
  readonly method: string;
  /** Null when nobody has the name or address. */
  readonly userId: string | null;
  /** The user who is signed in already, for a second factor. */
  readonly actorId?: string;
  readonly traits?: Readonly<Record<string, string>>;
}

/** Runs an attempt; what refuses it is recorded before the answer is given. */
export async function watchAttempt<T>(context: AuthContext, attempt: Attempt, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isProblem(error) && error.status < 500) await recordRefusal(context, attempt, error);
    throw error;
  }
}

async function recordRefusal(context: AuthContext, attempt: Attempt, problem: Problem): Promise<void> {
  const { method, userId, actorId = null, traits } = attempt;
  context.ports.countRefusal?.(context.environment.ref, method, userId !== null);
  const kind = problem.status === 429 ? 'rate_limited' : 'sign_in_failed';
  if (userId === null || !(await mayRecordRefusal(context, kind, `${method} ${userId}`))) return;
  await context.database.write((connection) =>
    recordAudit(connection, context, {
      action: kind,
      actorId,
      ...(actorId === null ? { actorKind: 'anonymous' } : {}),
      subjectId: userId,
      traits: { method, reason: problem.code, ...traits },
    }),
  );
}
