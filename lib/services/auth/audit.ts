/** The auth service's entries in the environment's record, each written in the transaction of what it records. */

import { type ActorKind, appendEnvironmentAudit } from '#lib/engine/audit/environment-audit.ts';
import type { UserState } from '#lib/engine/audit/user-state.ts';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { findText, isObject, type JsonObject, textOf } from '#lib/services/auth/rows.ts';

export interface AuditEntry {
  /** GoTrue's action names: `login`, `user_signedup`, `token_revoked`, … */
  readonly action: string;
  readonly actorId: string | null;
  /** Where the ids do not tell. */
  readonly actorKind?: ActorKind;
  /** Whom it happened to, when that is somebody else. */
  readonly subjectId?: string | null;
  readonly traits?: JsonObject;
  readonly before?: UserState;
  readonly after?: UserState;
}

/** Call inside the write that does the deed. */
export function recordAudit(
  connection: Connection,
  context: Pick<AuthContext, 'now' | 'clientAddress' | 'userAgent' | 'sealingKey'>,
  { actorId, subjectId = null, actorKind, ...entry }: AuditEntry,
): void {
  appendEnvironmentAudit(connection, context.sealingKey, {
    ...entry,
    at: toStoredTime(context.now()),
    // Somebody done unto by nobody in particular: the service role's key did it.
    actorKind: actorKind ?? (actorId !== null ? 'user' : subjectId !== null ? 'service' : 'anonymous'),
    actorId,
    subjectId: subjectId ?? actorId,
    ip: context.clientAddress,
    userAgent: context.userAgent,
  });
}

/** Newest first, in the shape of GoTrue's `/admin/audit`. */
export function listAudit(connection: Connection, limit: number, offset: number): JsonObject[] {
  return connection.all('SELECT * FROM _koyalite_auth_audit ORDER BY id DESC LIMIT ? OFFSET ?', limit, offset).map(toAuditJson);
}

export function countAudit(connection: Connection): number {
  return Number(connection.value('SELECT count(*) FROM _koyalite_auth_audit') ?? 0);
}

function toAuditJson(row: Row): JsonObject {
  const traits = jsonOf(row, 'traits');
  return {
    id: Number(row.id),
    payload: {
      action: textOf(row, 'action'),
      actor_id: findText(row, 'actor_id'),
      actor_kind: findText(row, 'actor_kind'),
      ...(findText(row, 'actor_name') === null ? {} : { actor_username: findText(row, 'actor_name') }),
      subject_id: findText(row, 'subject_id'),
      traits: isObject(traits) ? traits : {},
      before: jsonOf(row, 'before'),
      after: jsonOf(row, 'after'),
    },
    created_at: textOf(row, 'created_at'),
    ip_address: findText(row, 'ip_address'),
    user_agent: findText(row, 'user_agent'),
    hash: textOf(row, 'hash'),
  };
}

function jsonOf(row: Row, column: string): unknown {
  const text = findText(row, column);
  return text === null ? null : JSON.parse(text);
}
