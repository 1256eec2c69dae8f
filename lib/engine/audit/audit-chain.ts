/**
 * What makes a record of deeds a chain: each entry's hash covers the one before. The control database and every environment
 * keep one; how a link is made and broken is said here alone.
 */

import { createHash, createHmac } from 'node:crypto';

export interface ChainEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
}

export interface AuditVerdict {
  /** Found intact. */
  entries: number;
  /** The first entry that was altered, or whose predecessor was removed; null when the chain holds. */
  firstBadSeq: number | null;
}

/** The hash of a link. Without a key, whoever can write the file can compute it as well. */
export function hashLink(key: Uint8Array | null, fields: readonly unknown[]): string {
  const text = JSON.stringify(fields);
  return (key === null ? createHash('sha256') : createHmac('sha256', key)).update(text).digest('hex');
}

/** A moment of the chain that is known from elsewhere: it must still lead there. */
export interface KnownEntry {
  readonly seq: number;
  readonly hash: string;
}

export interface ChainWalk<Entry extends ChainEntry> {
  /** The last intact entry; number 0 before the first. */
  readonly last: KnownEntry;
  /** The next entry in order. False at the first that does not hold. */
  take(entry: Entry): boolean;
  /** `newestSeq`: the highest number ever given out, so that a cut-off end shows. */
  end(newestSeq: number): AuditVerdict;
}

/** Walks from the first entry on. `genesis` stands for the hash before it. */
export function walkChain<Entry extends ChainEntry>(
  genesis: string,
  hashOf: (entry: Entry) => string | null,
  known: KnownEntry | null = null,
): ChainWalk<Entry> {
  let last = { seq: 0, hash: genesis };
  let broken = false;
  return {
    get last() {
      return last;
    },
    take(entry) {
      const holds =
        entry.seq === last.seq + 1 &&
        entry.previousHash === last.hash &&
        entry.hash === hashOf(entry) &&
        (entry.seq !== known?.seq || entry.hash === known.hash);
      if (holds) last = { seq: entry.seq, hash: entry.hash };
      else broken = true;
      return holds;
    },
    end: (newestSeq) => ({
      entries: last.seq,
      firstBadSeq: broken || Math.max(newestSeq, known?.seq ?? 0) > last.seq ? last.seq + 1 : null,
    }),
  };
}
