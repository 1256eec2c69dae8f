/**
 * Commits reach the disk without the event loop waiting for it: SQLite appends to the log, and a thread of the runtime syncs the
 * log before anybody is answered. Until then this process's readers are held at the state before, so that nobody is told of
 * what a power cut could still take back. Only many writes at once are synced inline, as long as the disk is quick.
 */

import fs from 'node:fs';
import { promisify } from 'node:util';
import type { CachingConnection } from '#lib/engine/connection.ts';
import { setDurability } from '#lib/engine/open-file.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export interface LogSync {
  /** Before a transaction begins. Throws while an earlier commit may not be on disk and cannot be brought there. */
  requireSound(): void;
  /** Right before the COMMIT of so many writes. */
  hold(writes: number): void;
  /** After COMMIT, failed or not: lets readers on. Rejects when the disk did not take it; undefined when nobody has to wait. */
  settle(committed: boolean): Promise<void> | undefined;
  setDurability(durability: 'full' | 'fast'): void;
  close(): void;
}

/** What the event loop may wait for the disk: less than a thread costs all the writes of a group. */
const quickMs = 0.5;

export function createLogSync(
  file: string,
  writer: CachingConnection,
  reader: CachingConnection,
  initial: 'full' | 'fast',
): LogSync {
  // Memory has no log, and nothing to lose to a power cut.
  const hasLog = writer.handle.pragma('journal_mode', { simple: true }) === 'wal';
  let durability = initial;
  let descriptor: number | null = null;
  let sound = true;
  let inline = false;
  const disk = createPace();
  // Consistent, and synced before each checkpoint; the rest is done here.
  setDurability(writer.handle, 'fast');

  const syncs = (): boolean => hasLog && durability === 'full';

  /** The log is made anew when the last connection of all processes closed the file: never while this one is open, but be sure. */
  function openLog(): number {
    if (descriptor !== null && fs.fstatSync(descriptor).nlink > 0) return descriptor;
    if (descriptor !== null) fs.closeSync(descriptor);
    descriptor = fs.openSync(`${file}-wal`, 'r+');
    return descriptor;
  }

  function letGo(): void {
    if (reader.handle.inTransaction) reader.run('COMMIT');
  }

  function fail(): SqlError {
    sound = false;
    return notOnDisk();
  }

  async function sync(): Promise<void> {
    const startedMs = performance.now();
    try {
      await promisify(fs.fdatasync)(openLog());
      disk.took(performance.now() - startedMs);
    } catch {
      throw fail();
    } finally {
      letGo();
    }
  }

  function syncInline(): void {
    const startedMs = performance.now();
    try {
      fs.fdatasyncSync(openLog());
      disk.took(performance.now() - startedMs);
    } catch {
      throw fail();
    }
  }

  return {
    requireSound() {
      if (sound) return;
      // After a failed sync the system may take lost pages for written: only the file itself, synced anew, is to be trusted.
      setDurability(writer.handle, 'full');
      try {
        const [busy] = writer.tuple('PRAGMA wal_checkpoint(TRUNCATE)') ?? [];
        if (busy !== 0) throw notOnDisk();
        sound = true;
      } catch {
        throw notOnDisk();
      } finally {
        setDurability(writer.handle, 'fast');
      }
    },
    hold(writes) {
      if (!syncs()) return;
      inline = writes > 1 && disk.isQuick();
      if (inline) return;
      reader.run('BEGIN');
      // BEGIN alone takes no snapshot.
      reader.value('PRAGMA schema_version');
    },
    settle(committed) {
      if (committed && syncs() && !inline) return sync();
      letGo();
      if (committed && syncs()) syncInline();
      return undefined;
    },
    setDurability(next) {
      durability = next;
    },
    close() {
      if (descriptor !== null) fs.closeSync(descriptor);
      descriptor = null;
    },
  };
}

/** Whether the disk is quick: three of the last eight syncs were. A busy event loop hears late of those it did not wait for. */
function createPace() {
  const last: number[] = [];
  return {
    took(elapsedMs: number): void {
      last.push(elapsedMs);
      if (last.length > 8) last.shift();
    },
    isQuick: () => last.filter((elapsedMs) => elapsedMs < quickMs).length >= 3,
  };
}

function notOnDisk(): SqlError {
  return new SqlError({
    sqlstate: '58030',
    message: 'The disk did not take the write',
    hint: 'Whether it is kept is not known. Look for it before you send it again.',
  });
}
