/** What the control functions share: the database, the engine, the master key, and how to run a change. */

import type { Environment } from '#generated/client.ts';
import type { ControlDatabase, ControlTransaction } from '#lib/control/control-database.ts';
import type { Directory } from '#lib/control/environment-directory.ts';
import type { MasterKey } from '#lib/control/master-key.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine } from '#lib/engine/engine.ts';
import type { RequestLog } from '#lib/engine/log/request-log.ts';

/** The part of `Config` this room reads. */
export interface ControlConfig {
  readonly home: string;
  readonly masterKey: string | null;
  readonly publicUrl: string | null;
  /** The first operator; absent or null: a default address, a generated password. */
  readonly adminEmail?: string | null;
  readonly adminPassword?: string | null;
}

export interface ControlLogger {
  info(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export interface ControlContext {
  readonly config: ControlConfig;
  readonly database: ControlDatabase;
  readonly engine: Engine;
  readonly masterKey: MasterKey;
  readonly directory: Directory;
  readonly logger: ControlLogger;
  /** Removes what an environment keeps outside its files (remote objects, vectors). Idempotent; run on deletion. */
  readonly removers: readonly EnvironmentRemover[];
  /** Absent in tests that serve no requests. */
  readonly requestLog: Pick<RequestLog, 'list' | 'group'> | null;
  /** An environment's auth settings with defaults filled in; throws what zod throws for values out of range. */
  readonly parseAuthSettings: (stored: Record<string, unknown>) => Record<string, unknown>;
  /** Called between the steps of provisioning and deletion; tests throw here to play a crash. */
  readonly step: (name: string) => void;
  /** Tells the data plane that sessions of an environment's users were ended: what it remembers of them counts no more. */
  readonly sessionsEnded: (database: Database) => void;
  /** Where links lead: the configured address, else where the server listens. No slash at the end. */
  readonly externalUrl: () => string;
  /** The guarded way out for addresses that settings name. */
  readonly fetch: typeof fetch;
  /** The outbox of the control plane's own mails. */
  readonly mails: { wake(): void };
  /** Work no answer waits for: a failure is logged, and closing waits for it. */
  readonly later: (work: () => Promise<unknown>) => void;
  /** Runs work on one project strictly in turn, so that creating and deleting never interleave. */
  readonly inTurn: <T>(projectRef: string, work: () => Promise<T>) => Promise<T>;
}

export type EnvironmentRemover = (environment: Pick<Environment, 'ref'>) => Promise<void>;

/** One transaction of the control database. */
export function inTransaction<T>(context: ControlContext, work: (transaction: ControlTransaction) => Promise<T>): Promise<T> {
  return context.database.$transaction(work, { maxWait: 10_000, timeout: 10_000 });
}

/** Makes a function that queues work by key. */
export function makeInTurn(): ControlContext['inTurn'] {
  const tails = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const result = (tails.get(key) ?? Promise.resolve()).then(work);
    const tail = result
      .catch(() => undefined)
      .then(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
    tails.set(key, tail);
    return result;
  };
}

/** What `later` begins, and how closing waits for it. */
export function makeBackground(logger: ControlLogger): { later: ControlContext['later']; settle(): Promise<void> } {
  const running = new Set<Promise<unknown>>();
  return {
    later(work) {
      const done: Promise<unknown> = work()
        .catch((error: unknown) => logger.error({ err: error }, 'work in the background failed'))
        .finally(() => running.delete(done));
      running.add(done);
    },
    async settle() {
      await Promise.all(running);
    },
  };
}
