/** Moves committed pages from the log into the file on a thread: inline, every seventieth sign-in would hold up all others. */

import { Piscina } from 'piscina';
import type { CachingConnection } from '#lib/engine/connection.ts';
import { remember } from '#lib/remember.ts';

/** SQLite's own threshold. */
const pagesWorthIt = 1000;
/**
 * Only a commit that finds everything copied can start the log anew, which a busy writer leaves no moment for: from this many pages
 * on (16 MiB) its own commit copies the few that are left.
 */
const pagesToCopyInline = 4000;

const threads = remember(
  'engine.checkpoint-threads',
  () =>
    new Piscina({
      filename: new URL('./checkpoint-work.ts', import.meta.url).href,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: 10_000,
    }),
);

export interface Checkpoints {
  /** To be told after every commit; cheap. */
  afterCommit(): void;
  /** Resolves when no thread uses the file any more. */
  close(): Promise<void>;
}

/** Takes over from SQLite's own checkpoints on this connection. */
export function createCheckpoints(file: string, writer: CachingConnection): Checkpoints {
  writer.handle.pragma(`wal_autocheckpoint = ${pagesToCopyInline}`);
  let running: Promise<void> | null = null;

  async function copy(): Promise<void> {
    try {
      await threads.run(file, { name: 'checkpoint' });
    } catch {
      // The log keeps everything; the next commit asks again, and a long log is copied inline.
    } finally {
      running = null;
    }
  }

  return {
    afterCommit() {
      if (running !== null || !writer.handle.open) return;
      const [, pages, copied] = writer.tuple('PRAGMA wal_checkpoint(NOOP)') ?? [];
      if (Number(pages) - Number(copied) >= pagesWorthIt) running = copy();
    },
    async close() {
      await running;
    },
  };
}
