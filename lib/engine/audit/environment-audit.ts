/**
 * The record of an environment, in its own file: append-only, each entry written in the transaction of what it records, and
 * chained by a hash under a key that is not in the file. A signed head says how far the chain goes, so that entries cut off
 * its end are missed; what the control database remembers of it (its anchor) shows when the whole file was set back.
 */

import { hkdfSync } from 'node:crypto';
import { type AuditVerdict, type ChainEntry, hashLink, type KnownEntry, walkChain } from '#lib/engine/audit/audit-chain.ts';
import type { Connection, Row } from '#lib/engine/database.ts';

/** `service`: the service role's key. `anonymous`: somebody who has not signed in. */
export type ActorKind = 'user' | 'service' | 'operator' | 'anonymous';

export interface NewAuditEntry {
  /** As the auth service stores moments. */
  readonly at: string;
  readonly action: string;
  readonly actorKind: ActorKind;
  readonly actorId: string | null;
  /** An operator's email. */
  readonly actorName?: string | null;
  readonly subjectId: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly traits?: Readonly<Record<string, unknown>>;
  /** What differs, as it was and as it became; never a secret. */
  readonly before?: unknown;
  readonly after?: unknown;
}

const genesis = '0'.repeat(64);
const version = 2;
const pageSize = 1000;
const keys = new WeakMap<Uint8Array, Uint8Array>();

/** From the environment's key; remembered, because every sign-in asks. */
function toAuditKey(sealingKey: Uint8Array): Uint8Array {
  const known = keys.get(sealingKey);
  if (known !== undefined) return known;
  const key = new Uint8Array(hkdfSync('sha256', sealingKey, '', 'audit', 32));
  keys.set(sealingKey, key);
  return key;
}

/** Call inside the write that does the deed. */
export function appendEnvironmentAudit(connection: Connection, sealingKey: Uint8Array, entry: NewAuditEntry): void {
  const key = toAuditKey(sealingKey);
  const last = findPredecessor(connection, key);
  const row = {
    id: last.seq + 1,
    created_at: entry.at,
    action: entry.action,
    actor_kind: entry.actorKind,
    actor_id: entry.actorId,
    actor_name: entry.actorName ?? null,
    subject_id: entry.subjectId,
    ip_address: entry.ip,
    user_agent: entry.userAgent,
    traits: JSON.stringify(entry.traits ?? {}),
    before: entry.before === undefined ? null : JSON.stringify(entry.before),
    after: entry.after === undefined ? null : JSON.stringify(entry.after),
    version,
    previous_hash: last.hash,
  };
  const hash = hashRow(key, row);
  connection.run(
    `INSERT INTO _koyalite_auth_audit(id, created_at, action, actor_kind, actor_id, actor_name, subject_id, ip_address, user_agent,
       traits, before, after, version, previous_hash, hash)
     VALUES (:id, :created_at, :action, :actor_kind, :actor_id, :actor_name, :subject_id, :ip_address, :user_agent,
       :traits, :before, :after, :version, :previous_hash, :hash)`,
    { ...row, hash },
  );
  connection.run(
    `INSERT INTO _koyalite_audit_head(id, seq, hash, signature) VALUES (1, :seq, :hash, :signature)
     ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, signature = excluded.signature`,
    { seq: row.id, hash, signature: signHead(key, { seq: row.id, hash }) },
  );
}

/** Where the chain ends by its own account, whether it has been keyed yet or not. */
export function readChainEnd(connection: Connection): KnownEntry {
  return readHead(connection, null) ?? readLastRow(connection);
}

/** The first keyed entry, which also covers what is before it; null for a chain that has not been keyed yet. */
export function findRoot(connection: Connection): KnownEntry | null {
  const row = connection.get('SELECT id, hash FROM _koyalite_auth_audit WHERE version >= ? ORDER BY id LIMIT 1', version);
  return row === undefined ? null : { seq: Number(row.id), hash: String(row.hash) };
}

/** Whether the chain still holds an entry that was seen before. */
export function leadsOnFrom(connection: Connection, known: KnownEntry | null): boolean {
  if (known === null || known.seq === 0) return true;
  return connection.value('SELECT hash FROM _koyalite_auth_audit WHERE id = ?', known.seq) === known.hash;
}

/**
 * What the next entry follows: the head rather than the last row, so that rows cut off the end leave a gap that stays. A head
 * that is not ours, or is missed, leaves a gap as well: carrying on as if nothing were would heal the chain.
 */
function findPredecessor(connection: Connection, key: Uint8Array): KnownEntry {
  const head = readHead(connection, key);
  const last = readLastRow(connection);
  if (head?.signed) return head;
  const wasKeyed = connection.value('SELECT 1 FROM _koyalite_auth_audit WHERE version >= ? LIMIT 1', version) === 1;
  return head === null && !wasKeyed ? last : { seq: Math.max(head?.seq ?? 0, last.seq) + 1, hash: last.hash };
}

/** Null for a chain that has not been keyed yet, or is empty. `signed` is false without a key to tell by. */
function readHead(connection: Connection, key: Uint8Array | null): (KnownEntry & { readonly signed: boolean }) | null {
  const row = connection.get('SELECT seq, hash, signature FROM _koyalite_audit_head WHERE id = 1');
  if (row === undefined) return null;
  const head = { seq: Number(row.seq), hash: String(row.hash) };
  return { ...head, signed: key !== null && row.signature === signHead(key, head) };
}

/** The last row's hash, and the highest number ever given out. */
function readLastRow(connection: Connection): KnownEntry {
  const row = connection.get('SELECT id, hash FROM _koyalite_auth_audit ORDER BY id DESC LIMIT 1');
  const newest = readNewestSeq(connection);
  return row === undefined ? { seq: newest, hash: genesis } : { seq: Math.max(Number(row.id), newest), hash: String(row.hash) };
}

/** SQLite remembers the highest id it gave out. */
function readNewestSeq(connection: Connection): number {
  return Number(connection.value("SELECT seq FROM sqlite_sequence WHERE name = '_koyalite_auth_audit'") ?? 0);
}

/** Walks the whole chain. `anchor`: an entry the control database saw it end with, once. */
export function verifyEnvironmentChain(connection: Connection, sealingKey: Uint8Array, anchor: KnownEntry | null): AuditVerdict {
  const key = toAuditKey(sealingKey);
  let keyed = false;
  const walk = walkChain<ChainEntry & { row: Row }>(
    genesis,
    ({ row }) => {
      if (Number(row.version) === version) keyed = true;
      // A plain hash after a keyed one would be anybody's.
      else if (keyed) return null;
      return hashRow(key, row);
    },
    anchor,
  );
  for (;;) {
    const rows = connection.all('SELECT * FROM _koyalite_auth_audit WHERE id > ? ORDER BY id LIMIT ?', walk.last.seq, pageSize);
    const page = rows.map((row) => toEntry(row));
    if (!page.every((entry) => walk.take(entry))) return walk.end(0);
    if (page.length < pageSize) break;
  }
  const head = readHead(connection, key);
  const whole = head === null ? !keyed : head.signed && head.seq === walk.last.seq && head.hash === walk.last.hash;
  return walk.end(whole ? readNewestSeq(connection) : Math.max(walk.last.seq + 1, head?.seq ?? 0));
}

function toEntry(row: Row): ChainEntry & { row: Row } {
  return { row, seq: Number(row.id), previousHash: String(row.previous_hash), hash: String(row.hash) };
}

const plainColumns = ['created_at', 'action', 'actor_id', 'subject_id', 'ip_address', 'user_agent', 'traits'];
const keyedColumns = [
  ...['created_at', 'action', 'actor_kind', 'actor_id', 'actor_name', 'subject_id', 'ip_address', 'user_agent'],
  ...['traits', 'before', 'after'],
];

/** Empty for a version nobody knows: such an entry never holds. */
function hashRow(key: Uint8Array, row: Row): string {
  const of = (columns: readonly string[]) => columns.map((column) => row[column] ?? null);
  if (Number(row.version) === version) return hashLink(key, [version, Number(row.id), row.previous_hash, ...of(keyedColumns)]);
  return Number(row.version) === 1 ? hashLink(null, [row.previous_hash, ...of(plainColumns)]) : '';
}

function signHead(key: Uint8Array, { seq, hash }: KnownEntry): string {
  return hashLink(key, ['head', seq, hash]);
}
