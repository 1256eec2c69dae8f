/**
 * An operator's change inside an environment, on record twice: in the installation's record before it is made, and in the
 * environment's own in the very transaction that makes it, with what it changed.
 */

import type { Access, Actor } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { auditAuth } from '#lib/control/end-users.ts';
import { toSealingKey } from '#lib/control/environment-key.ts';
import { appendEnvironmentAudit } from '#lib/engine/audit/environment-audit.ts';
import { readUserState, toChange, type UserState } from '#lib/engine/audit/user-state.ts';
import type { Connection, Database } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';

export interface OpenedEnvironment {
  readonly access: Access;
  readonly record: EnvironmentRecord;
  readonly database: Database;
}

export interface RecordedChange {
  /** `auth_user.update` */
  readonly action: string;
  /** What it happens to: a user's id, a role's name. */
  readonly subject: string;
  /** For the installation's record. */
  readonly detail?: Record<string, unknown>;
  /** For the environment's own, beside what changed. */
  readonly traits?: Record<string, unknown>;
  /** What is compared before and after; default: the user the subject names. */
  readonly state?: (connection: Connection) => UserState | null;
}

/** Runs `work` in a write of the environment. When it throws, the environment's record has no entry, as it had no change. */
export async function changeRecorded<T>(
  context: ControlContext,
  actor: Actor,
  opened: OpenedEnvironment,
  change: RecordedChange,
  work: (connection: Connection) => T,
): Promise<T> {
  const { action, subject, detail = {} } = change;
  await auditAuth(context, actor, opened.record.ref, opened.access.project.ref, action, subject, detail);
  return writeRecorded(context, actor, opened, change, work);
}

/** `changeRecorded` where the installation's record is written by the caller. */
export async function writeRecorded<T>(
  context: ControlContext,
  actor: Actor,
  { record, database }: Pick<OpenedEnvironment, 'record' | 'database'>,
  { action, subject, traits = {}, state = (connection) => readUserState(connection, subject) }: RecordedChange,
  work: (connection: Connection) => T,
): Promise<T> {
  const written = await database.write((connection) => {
    const before = state(connection);
    const result = work(connection);
    appendEnvironmentAudit(connection, toSealingKey(context.masterKey, record), {
      at: toStoredTime(Date.now()),
      action,
      actorKind: 'operator',
      actorId: actor.operatorId,
      actorName: actor.email,
      subjectId: subject,
      ip: actor.ip,
      userAgent: actor.userAgent?.slice(0, 500) ?? null,
      traits,
      ...toChange(before, state(connection)),
    });
    return result;
  });
  // Any of these changes may have ended a session.
  context.sessionsEnded(database);
  return written;
}
