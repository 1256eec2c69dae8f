/** The durable job queue: put a job in with the rows that cause it, take it out under a lease, retry it, or lay it aside. */

import { z } from 'zod';
import type { Connection, Row } from '#lib/engine/database.ts';

export interface NewJob {
  readonly kind: string;
  /** Anything JSON can say. */
  readonly payload: unknown;
  /** A second job of the same kind and key is not queued. */
  readonly idempotencyKey?: string;
  readonly runAtMs?: number;
  readonly maxAttempts?: number;
}

export interface Job {
  readonly id: number;
  readonly kind: string;
  readonly payload: unknown;
  /** 1 on the first run. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly idempotencyKey: string | null;
}

const defaultMaxAttempts = 5;
/** A worker that has not answered for this long is taken for dead, and its job is given out again. */
const leaseMs = 60_000;
/** Finished jobs stay this long, so that an idempotency key keeps its meaning. */
const keepDoneMs = 86_400_000;
const firstRetryMs = 5000;

/** Queues within the caller's transaction. Returns the job's id, or null when its idempotency key is known. */
export function enqueueJob(connection: Connection, job: NewJob, nowMs: number): number | null {
  const { changes, lastInsertRowid } = connection.run(
    `INSERT INTO _koyalite_jobs(kind, payload, max_attempts, run_at, idempotency_key, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, idempotency_key) DO NOTHING`,
    job.kind,
    JSON.stringify(job.payload ?? null),
    job.maxAttempts ?? defaultMaxAttempts,
    job.runAtMs ?? nowMs,
    job.idempotencyKey ?? null,
    nowMs,
    nowMs,
  );
  return changes === 0 ? null : Number(lastInsertRowid);
}

const dueSql = `SELECT id FROM _koyalite_jobs WHERE status = 'queued' AND run_at <= :now AND kind IN (SELECT value FROM json_each(:kinds))
  UNION ALL SELECT id FROM _koyalite_jobs WHERE status = 'running' AND lease_until <= :now AND kind IN (SELECT value FROM json_each(:kinds))
  ORDER BY id LIMIT 1`;

/** Whether a claim would find something; a read, so that an idle queue never takes the write lock. */
export function hasDueJob(connection: Connection, kinds: readonly string[], nowMs: number): boolean {
  return connection.get(dueSql, { now: nowMs, kinds: JSON.stringify(kinds) }) !== undefined;
}

/** Whether anything waits or runs: work that a stopped server left behind. */
export function hasUnfinishedJob(connection: Connection): boolean {
  return (
    connection.value(`SELECT EXISTS (SELECT 1 FROM _koyalite_jobs WHERE status = 'queued' AND run_at >= 0)
      OR EXISTS (SELECT 1 FROM _koyalite_jobs WHERE status = 'running' AND lease_until >= 0)`) === 1
  );
}

/** Jobs that were running when the server before this one ended need not wait for their lease: nobody holds it. */
export function releaseJobsOfLastRun(connection: Connection, startedMs: number): void {
  connection.run(
    `UPDATE _koyalite_jobs SET status = 'queued', lease_until = NULL WHERE status = 'running' AND updated_at < ?`,
    startedMs,
  );
}

/** After the clock was set back: what was queued later than now would wait for that time to come again. Returns how many. */
export function hastenJobsOfFuture(connection: Connection, nowMs: number): number {
  return connection.run(
    `UPDATE _koyalite_jobs SET run_at = :now, updated_at = :now WHERE status = 'queued' AND run_at > :now AND updated_at > :now`,
    { now: nowMs },
  ).changes;
}

/** Takes the oldest due job under a lease; null when none is due. */
export function claimJob(connection: Connection, kinds: readonly string[], nowMs: number): Job | null {
  const row = connection.get(
    `UPDATE _koyalite_jobs SET status = 'running', attempts = attempts + 1, lease_until = :lease, updated_at = :now
     WHERE id = (${dueSql}) RETURNING id, kind, payload, attempts, max_attempts, idempotency_key`,
    { now: nowMs, lease: nowMs + leaseMs, kinds: JSON.stringify(kinds) },
  );
  return row === undefined ? null : toJob(row);
}

export function finishJob(connection: Connection, id: number, nowMs: number): void {
  connection.run(
    `UPDATE _koyalite_jobs SET status = 'done', lease_until = NULL, last_error = NULL, updated_at = ? WHERE id = ?`,
    nowMs,
    id,
  );
  connection.run(`DELETE FROM _koyalite_jobs WHERE status = 'done' AND updated_at < ?`, nowMs - keepDoneMs);
}

/** Sets the next try, or lays the job aside after the last one. Returns true when it is dead. */
export function failJob(connection: Connection, job: Job, error: string, nowMs: number, retryAfterMs: number): boolean {
  const dead = job.attempt >= job.maxAttempts;
  connection.run(
    `UPDATE _koyalite_jobs SET status = ?, run_at = ?, lease_until = NULL, last_error = ?, updated_at = ? WHERE id = ?`,
    dead ? 'dead' : 'queued',
    nowMs + retryAfterMs,
    error.slice(0, 1000),
    nowMs,
    job.id,
  );
  return dead;
}

/** 5 s, 15 s, 45 s, 135 s, each between half and one and a half of that, so that failures do not come back in step. */
export function toRetryDelayMs(attempt: number, random: number): number {
  return Math.round(firstRetryMs * 3 ** (attempt - 1) * (0.5 + random));
}

/** Gives dead jobs another round of attempts. Returns how many. */
export function reviveDeadJobs(connection: Connection, nowMs: number, id: number | null = null): number {
  return connection.run(
    `UPDATE _koyalite_jobs SET status = 'queued', attempts = 0, run_at = :now, updated_at = :now WHERE status = 'dead' AND (:id IS NULL OR id = :id)`,
    { now: nowMs, id },
  ).changes;
}

const rowSchema = z.object({
  id: z.coerce.number(),
  kind: z.string(),
  payload: z.string(),
  attempts: z.coerce.number(),
  max_attempts: z.coerce.number(),
  idempotency_key: z.string().nullable(),
});

function toJob(row: Row): Job {
  const parsed = rowSchema.parse(row);
  return {
    id: parsed.id,
    kind: parsed.kind,
    payload: JSON.parse(parsed.payload),
    attempt: parsed.attempts,
    maxAttempts: parsed.max_attempts,
    idempotencyKey: parsed.idempotency_key,
  };
}
