/** Passwords of end users and operators, hashed and checked on threads that yield the processor to data requests. */

import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { Problem } from '#lib/http/problem.ts';
import { createFirstOrSecond } from '#lib/identity/first-or-second.ts';
import { hashKind, type PasswordCheck } from '#lib/identity/password-work.ts';
import { remember } from '#lib/remember.ts';

const maxWaiting = 500;

interface Work {
  readonly name: 'hash' | 'check';
  readonly task: unknown;
}

/**
 * One processor is left to data requests, and each hash holds 19 MiB while it runs. The lowest priority belongs to a thread on
 * Linux only; elsewhere it would be the whole server's.
 */
function startThreads(file: string): Piscina {
  return new Piscina({
    filename: new URL(file, import.meta.url).href,
    minThreads: 0,
    maxThreads: Math.min(4, Math.max(1, availableParallelism() - 1)),
    idleTimeout: 10_000,
    maxQueue: maxWaiting,
    niceIncrement: process.platform === 'linux' ? 19 : 0,
  });
}

function runOn(threads: Piscina, { name, task }: Work, signal?: AbortSignal): Promise<unknown> {
  if (threads.queueSize >= maxWaiting) return Promise.reject(overloaded());
  return threads.run(task, signal === undefined ? { name } : { name, signal });
}

/** Idle threads serve data requests best, but on a machine that is busy all the time they would let nobody in. */
const runWork = remember('identity.password-threads', () => {
  const [idle, low] = [startThreads('./idle-password-thread.ts'), startThreads('./password-work.ts')];
  return createFirstOrSecond<Work>(
    { first: (work, signal) => runOn(idle, work, signal), second: (work) => runOn(low, work) },
    { patienceMs: 500, restMs: 30_000 },
  );
});

async function onThread<T>(name: Work['name'], task: unknown): Promise<T> {
  return (await runWork({ name, task })) as T;
}

/** An argon2id PHC string. Throws 503 when too many others wait. */
export function hashUserPassword(password: string): Promise<string> {
  return onThread('hash', password);
}

/** Checks a password. With no stored hash it spends the same time on a dummy one and says no. Throws 503 when too many others wait. */
export function verifyUserPassword(password: string, stored: string | null): Promise<PasswordCheck> {
  return onThread('check', { password, stored });
}

/** Whether an imported hash is one we can check. */
export function isKnownHash(hash: string): boolean {
  return hashKind(hash) !== null;
}

function overloaded(): Problem {
  const headers = ['Retry-After', '1'];
  return new Problem({ status: 503, code: 'request_timeout', message: 'Too many sign-ins at once. Try again shortly.', headers });
}
