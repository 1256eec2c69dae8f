/** Older copies of an environment's file that were accepted in place of the record they gave up, as both records tell it. */

import { z } from 'zod';
import { isGenuineEntry } from '#lib/control/audit.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import type { KnownEntry } from '#lib/engine/audit/audit-chain.ts';
import type { Connection } from '#lib/engine/database.ts';

export const acceptRestoreAction = 'audit.accept_restore';

export interface AcceptedRestore {
  /** ISO 8601 */
  readonly at: string;
  /** Email */
  readonly by: string;
  readonly reason: string;
  /** The last entry both records are known to share: what came after it in the former one was given up. */
  readonly sharedSeq: number;
  /** Where the former record had been seen to end. */
  readonly former: KnownEntry;
  /** Where the record went on from. */
  readonly accepted: KnownEntry;
  /** False: only the environment's own record tells, so the platform's was set back or cut. */
  readonly inPlatformRecord: boolean;
}

const knownSchema = z.object({ seq: z.number(), hash: z.string() });
const detailSchema = z.object({
  environment_id: z.string(),
  reason: z.string(),
  shared_seq: z.number(),
  former: knownSchema,
  accepted: knownSchema,
});

export type AcceptanceDetail = z.infer<typeof detailSchema>;

/** Oldest first; an entry that was altered is none. */
export async function listInPlatformRecord(
  { database, masterKey }: ControlContext,
  projectRef: string,
  environment: { readonly id: string; readonly ref: string },
): Promise<AcceptedRestore[]> {
  const where = { projectRef, action: acceptRestoreAction, subject: environment.ref };
  const rows = await database.auditEntry.findMany({ where, orderBy: { seq: 'asc' } });
  return rows.flatMap((row) => {
    const detail = isGenuineEntry(masterKey, row) ? parseDetail(row.after) : null;
    // An environment of the same name, gone since, had a record of its own.
    if (detail?.environment_id !== environment.id) return [];
    return [toRestore(row.at, row.actor, detail, detail.accepted, true)];
  });
}

/** What the environment's own record tells; true only of a chain that holds. */
export function listInOwnRecord(connection: Connection): AcceptedRestore[] {
  const sql = 'SELECT id, hash, created_at, actor_name, traits FROM _koyalite_auth_audit WHERE action = ? ORDER BY id';
  return connection.all(sql, acceptRestoreAction).flatMap((row) => {
    const accepted = { seq: Number(row.id), hash: String(row.hash) };
    const detail = parseDetail(row.traits, { accepted });
    const at = new Date(String(row.created_at)).toISOString();
    return detail === null ? [] : [toRestore(at, String(row.actor_name), detail, accepted, false)];
  });
}

/** Each once, by what it gave up. */
export function merge(platform: readonly AcceptedRestore[], own: readonly AcceptedRestore[]): AcceptedRestore[] {
  const told = new Map([...own, ...platform].map((restore) => [restore.former.hash, restore]));
  return [...told.values()].sort((left, right) => (left.at < right.at ? -1 : 1));
}

function parseDetail(stored: unknown, known: Record<string, unknown> = {}): AcceptanceDetail | null {
  const value: unknown = typeof stored === 'string' ? JSON.parse(stored) : stored;
  return detailSchema.safeParse(typeof value === 'object' ? { ...value, ...known } : value).data ?? null;
}

function toRestore(
  at: string,
  by: string,
  { reason, shared_seq: sharedSeq, former }: AcceptanceDetail,
  accepted: KnownEntry,
  inPlatformRecord: boolean,
): AcceptedRestore {
  return { at, by, reason, sharedSeq, former, accepted, inPlatformRecord };
}
