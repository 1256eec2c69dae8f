/** One forked process that runs one job at a time and can be killed in the middle of a SQLite step. */

import { type ChildProcess, fork } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { childMessageSchema, fromWireError } from '#lib/engine/child/child-message.ts';
import type { ChildJob } from '#lib/engine/child/job.ts';
import { joinParts } from '#lib/engine/child/long-texts.ts';
import { crashed, outOfMemory } from '#lib/engine/child/refusals.ts';

const entry = fileURLToPath(new URL('./child-main.ts', import.meta.url));
const heapLimitMiB = 256;
const stderrLimit = 4096;

export interface Child {
  readonly pid: number;
  /** False from the moment it is killed or has died: never give it another job. */
  readonly alive: boolean;
  /** The file its connection is warm for. */
  readonly file: string | null;
  /** Rejects with what the job threw, with `reason` when `kill` ended it, or with a 58000 when the process died by itself. */
  run(job: ChildJob): Promise<unknown>;
  /** SIGKILL; the running job rejects with `reason` once the process is gone and its locks with it. */
  kill(reason: Error): void;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export function spawnChild(): Child {
  const child = fork(entry, [String(process.pid)], {
    serialization: 'advanced',
    // Nothing of the server's environment (master key, cloud credentials) is for SQL a person wrote.
    env: { NODE_ENV: 'production', TZ: 'UTC', PATH: '' },
    execArgv: [`--max-old-space-size=${heapLimitMiB}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let pending: Pending | null = null;
  let alive = true;
  let file: string | null = null;
  let killedFor: Error | null = null;
  let stderr = '';
  let parts: string[] = [];
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));

  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-stderrLimit);
  });
  child.on('message', (raw) => {
    const parsed = childMessageSchema.safeParse(raw);
    if (!parsed.success) return end(crashed(parsed.error.message));
    const message = parsed.data;
    if (message.type === 'part') return void parts.push(message.text);
    const waiting = pending;
    pending = null;
    const given = parts;
    parts = [];
    hold(child, false);
    if (message.type === 'result') waiting?.resolve(joinParts(message.value, given));
    else waiting?.reject(fromWireError(message.error));
  });
  child.on('error', (error) => end(crashed(error.message)));
  child.on('close', (code, signal) => {
    end(killedFor ?? (signal === 'SIGUSR2' ? outOfMemory() : crashed(`exit ${code ?? signal}\n${stderr}`)));
  });

  function end(error: Error): void {
    alive = false;
    const waiting = pending;
    pending = null;
    waiting?.reject(error);
  }

  hold(child, false);
  return {
    ended,
    get pid() {
      return child.pid ?? 0;
    },
    get alive() {
      return alive;
    },
    get file() {
      return file;
    },
    run(job) {
      if (!alive) return Promise.reject(killedFor ?? crashed('gone before the job began'));
      file = job.file;
      return new Promise((resolve, reject) => {
        pending = { resolve, reject };
        hold(child, true);
        child.send(job, (error) => {
          if (error) end(killedFor ?? crashed(error.message));
        });
      });
    },
    kill(reason) {
      alive = false;
      killedFor = reason;
      // Whoever waits for its end must not see the server process end first.
      hold(child, true);
      child.kill('SIGKILL');
    },
  };
}

/** An idle child must not keep the server process from ending. */
function hold(child: ChildProcess, busy: boolean): void {
  const stderr = child.stderr instanceof Socket ? child.stderr : null;
  for (const handle of [child, child.channel, stderr]) {
    if (busy) handle?.ref();
    else handle?.unref();
  }
}
