/** The auth audit: append-only and hash-chained, each entry written in the transaction of what it records. */

import { createHash } from 'node:crypto';
import type { Connection, Row } from '#lib/engine/database.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { findText, isObject, type JsonObject, textOf, toStoredTime } from '#lib/services/auth/rows.ts';

export interface AuditEntry {
  /** GoTrue's action names: `login`, `user_signedup`, `token_revoked`, … */
  readonly action: string;
  readonly actorId: string | null;
  /** Whom it happened to, when that is somebody else. */
  readonly subjectId?: string | null;
  readonly traits?: JsonObject;
}

const genesis = '0'.repeat(64);

/** Call inside the write that does the deed. */
export function recordAudit(
  connection: Connection,
  context: Pick<AuthContext, 'now' | 'clientAddress' | 'userAgent'>,
  entry: AuditEntry,
): void {
  const previous = connection.value('SELECT hash FROM _koyalite_auth_audit ORDER BY id DESC LIMIT 1');
  const previousHash = typeof previous === 'string' ? previous : genesis;
  const fields = [
    toStoredTime(context.now()),
    entry.action,
    entry.actorId,
    entry.subjectId ?? entry.actorId,
    context.clientAddress,
    context.userAgent,
    JSON.stringify(entry.traits ?? {}),
  ];
  connection.run(
    `INSERT INTO _koyalite_auth_audit(created_at, action, actor_id, subject_id, ip_address, user_agent, traits, previous_hash, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...fields,
    previousHash,
    chainHash(previousHash, fields),
  );
}

const columns = ['created_at', 'action', 'actor_id', 'subject_id', 'ip_address', 'user_agent', 'traits'];

/** The id of the first entry that was altered or whose predecessor is missing; null when the chain holds. */
export function findAuditBreak(connection: Connection): number | null {
  let previousHash = genesis;
  let previousId = 0;
  for (const row of connection.all('SELECT * FROM _koyalite_auth_audit ORDER BY id')) {
    const id = Number(row.id);
    const hash = chainHash(
      previousHash,
      columns.map((column) => findText(row, column)),
    );
    if (id !== previousId + 1 || row.previous_hash !== previousHash || row.hash !== hash) return id;
    previousHash = hash;
    previousId = id;
  }
  // SQLite remembers the highest id it gave out: cut-off entries are missed as well.
  const last = Number(connection.value("SELECT seq FROM sqlite_sequence WHERE name = '_koyalite_auth_audit'") ?? 0);
  return last === previousId ? null : previousId + 1;
}

/** Newest first, in the shape of GoTrue's `/admin/audit`. */
export function listAudit(connection: Connection, limit: number, offset: number): JsonObject[] {
  return connection.all('SELECT * FROM _koyalite_auth_audit ORDER BY id DESC LIMIT ? OFFSET ?', limit, offset).map(toAuditJson);
}

function toAuditJson(row: Row): JsonObject {
  const traits: unknown = JSON.parse(textOf(row, 'traits'));
  return {
    id: Number(row.id),
    payload: {
      action: textOf(row, 'action'),
      actor_id: findText(row, 'actor_id'),
      subject_id: findText(row, 'subject_id'),
      traits: isObject(traits) ? traits : {},
    },
    created_at: textOf(row, 'created_at'),
    ip_address: findText(row, 'ip_address'),
    user_agent: findText(row, 'user_agent'),
    hash: textOf(row, 'hash'),
  };
}

function chainHash(previousHash: string, fields: readonly (string | null)[]): string {
  return createHash('sha256')
    .update(JSON.stringify([previousHash, ...fields]))
    .digest('hex');
}
