/** A few child processes for SQL that may run long, so that it can be killed: a running SQLite step cannot be interrupted. */

import { type Child, spawnChild } from '#lib/engine/child/child-process.ts';
import { type ChildJob, type JobResult, parseJobResult } from '#lib/engine/child/job.ts';
import { createJobQueue } from '#lib/engine/child/job-queue.ts';
import { cancelled, terminated, timedOut } from '#lib/engine/child/refusals.ts';
import type { Turns } from '#lib/engine/child/turns.ts';

export interface ChildPoolOptions {
  /** Most processes at once. */
  max?: number;
  /** An unused process ends after this long. */
  idleTimeoutMs?: number;
  /** Most jobs waiting for a process; the next one is refused with a 503 problem. */
  maxWaiting?: number;
  /** Longest a job waits for a process before it is refused the same way. */
  waitTimeoutMs?: number;
}

export interface RunOptions {
  /** From the moment the job starts; 57014 and SIGKILL when it is over. */
  timeoutMs: number;
  /** Starts the job when a process is at hand and whatever else it needs to have for itself is. */
  turn?: Turns;
  signal?: AbortSignal | null;
}

export interface ChildPool {
  run<J extends ChildJob>(job: J, options: RunOptions): Promise<JobResult<J>>;
  /** Ends what runs on this file (57P01) and drops warm connections to it: before the file is replaced or deleted. */
  release(file: string): Promise<void>;
  /** Ends everything. Later jobs are refused. */
  shutdown(): Promise<void>;
}

interface Slot {
  readonly child: Child;
  /** The file of its running job, from the moment the job is chosen; null while idle. */
  busyWith: string | null;
  idleTimer: NodeJS.Timeout | null;
}

export function createChildPool(options: ChildPoolOptions = {}): ChildPool {
  const { max = 2, idleTimeoutMs = 30_000, maxWaiting = 64, waitTimeoutMs = 10_000 } = options;
  const slots = new Set<Slot>();
  const queue = createJobQueue<Slot>({ maxWaiting, waitTimeoutMs });
  let closed = false;

  function end(slot: Slot, reason: Error): Promise<void> {
    slots.delete(slot);
    if (slot.idleTimer) clearTimeout(slot.idleTimer);
    slot.child.kill(reason);
    return slot.child.ended;
  }

  /** A warm process for the file, else a new one, else any idle one; null when all are busy. */
  function findSlot(file: string): Slot | null {
    const idle = [...slots].filter((slot) => slot.busyWith === null);
    const warm = idle.find((slot) => slot.child.file === file);
    if (warm) return warm;
    if (slots.size >= max) return idle[0] ?? null;
    const slot: Slot = { child: spawnChild(), busyWith: null, idleTimer: null };
    slots.add(slot);
    return slot;
  }

  function dispatch(): void {
    for (const slot of slots) if (!slot.child.alive) slots.delete(slot);
    while (slots.size < max || [...slots].some((slot) => slot.busyWith === null)) {
      const busyFiles = new Set([...slots].map((slot) => slot.busyWith));
      const next = queue.takeNext(busyFiles);
      if (next === null) return;
      const slot = findSlot(next.file);
      if (slot === null) return;
      slot.busyWith = next.file;
      next.start(slot);
    }
  }

  async function execute<J extends ChildJob>(slot: Slot, job: J, { timeoutMs, signal, turn }: RunOptions): Promise<JobResult<J>> {
    if (slot.idleTimer) clearTimeout(slot.idleTimer);
    let timer: NodeJS.Timeout | undefined;
    const work = () => {
      timer = setTimeout(() => void end(slot, timedOut()), timeoutMs);
      return slot.child.run(job);
    };
    const abort = () => void end(slot, cancelled());
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return parseJobResult(job, await (turn === undefined ? work() : turn(work)));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      slot.busyWith = null;
      if (slots.has(slot)) slot.idleTimer = setTimeout(() => void end(slot, terminated()), idleTimeoutMs).unref();
      dispatch();
    }
  }

  return {
    async run(job, runOptions) {
      if (closed) throw terminated();
      const turn = queue.wait(job.file, runOptions.signal ?? null);
      dispatch();
      return execute(await turn, job, runOptions);
    },

    async release(file) {
      const touching = [...slots].filter((slot) => slot.busyWith === file || slot.child.file === file);
      await Promise.all(touching.map((slot) => end(slot, terminated())));
    },

    async shutdown() {
      closed = true;
      queue.refuseAll(terminated());
      await Promise.all([...slots].map((slot) => end(slot, terminated())));
    },
  };
}
