/** Walks the chain of an environment's own auth audit. */

import { createHash } from 'node:crypto';
import type { Actor } from '#lib/control/actor.ts';
import type { AuditVerdict } from '#lib/control/audit.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import type { Connection } from '#lib/engine/database.ts';

/** Needs the role admin. */
export async function verifyEnvironmentAudit(context: ControlContext, actor: Actor, ref: string): Promise<AuditVerdict> {
  const { database } = await openEnvironment(context, actor, ref, 'admin');
  return database.read(walk);
}

const hashed = ['created_at', 'action', 'actor_id', 'subject_id', 'ip_address', 'user_agent', 'traits'];
const pageSize = 1000;

function walk(connection: Connection): AuditVerdict {
  let previous = { id: 0, hash: '0'.repeat(64) };
  for (;;) {
    const rows = connection.all('SELECT * FROM _koyalite_auth_audit WHERE id > ? ORDER BY id LIMIT ?', previous.id, pageSize);
    for (const row of rows) {
      const fields = hashed.map((column) => row[column] ?? null);
      const hash = createHash('sha256')
        .update(JSON.stringify([previous.hash, ...fields]))
        .digest('hex');
      const id = Number(row.id);
      const intact = id === previous.id + 1 && row.previous_hash === previous.hash && row.hash === hash;
      if (!intact) return { entries: previous.id, firstBadSeq: previous.id + 1 };
      previous = { id, hash };
    }
    if (rows.length < pageSize) break;
  }
  // SQLite remembers the highest id it gave out: cut-off entries are missed as well.
  const newest = Number(connection.value(`SELECT seq FROM sqlite_sequence WHERE name = '_koyalite_auth_audit'`) ?? 0);
  return { entries: previous.id, firstBadSeq: newest > previous.id ? previous.id + 1 : null };
}
