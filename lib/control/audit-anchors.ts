/**
 * What the control database remembers of every environment's record: how far it went, and the hash it ended with, signed.
 * Somebody who sets an environment's file back to an older copy, signed end and all, is found out by it.
 */

import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { findAnchor, moveAnchor } from '#lib/control/audit-anchor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import type { KnownEntry } from '#lib/engine/audit/audit-chain.ts';
import { findRoot, leadsOnFrom, readChainEnd } from '#lib/engine/audit/environment-audit.ts';
import { createConnection } from '#lib/engine/connection.ts';
import { openFile } from '#lib/engine/open-file.ts';

export interface AuditAnchors {
  /** Looks at the files that changed since the last round. */
  run(): Promise<void>;
  /** After a last round. */
  stop(): Promise<void>;
}

const roundMs = 30_000;
const pauseMs = 10;

/** Looks after the anchors of all active environments, by the times of their files: most have not changed. */
export function startAuditAnchors(context: ControlContext, everyMs = roundMs): AuditAnchors {
  const seen = new Map<string, string>();
  let working: Promise<void> = Promise.resolve();

  async function look(ref: string, file: string): Promise<void> {
    const version = await readVersion(file);
    if (version === null || version === seen.get(ref)) return;
    const environment = await context.database.environment.findUnique({ where: { ref }, select: { id: true } });
    if (environment === null) return;
    const known = await findAnchor(context, environment.id);
    const { leadsOn, end, root } = readEnd(file, known);
    // An anchor that followed a chain set back, once it has grown past, would vouch for it.
    if (!leadsOn) context.logger.error({ ref }, 'the audit of an environment does not lead on from what it was: verify it');
    else if (end !== null && end.seq > (known?.seq ?? 0)) await moveAnchor(context, environment.id, known, { end, root });
    seen.set(ref, version);
    // At the start every file is new to us: requests go in between.
    await sleep(pauseMs);
  }

  async function round(): Promise<void> {
    for (const { ref, file, status } of context.directory.list()) {
      if (status !== 'active') continue;
      try {
        await look(ref, file);
      } catch (error) {
        context.logger.error({ err: error, ref }, 'the end of an audit could not be remembered');
      }
    }
  }

  const run = () => {
    working = working.then(round);
    return working;
  };
  const timer = setInterval(() => void run(), everyMs);
  timer.unref();
  return {
    run,
    async stop() {
      clearInterval(timer);
      await run();
    },
  };
}

/** Changes with every commit: a commit goes to the log first. Null for a file that is gone. */
async function readVersion(file: string): Promise<string | null> {
  const times = await Promise.all(
    [file, `${file}-wal`].map((path) =>
      stat(path, { bigint: true }).then(
        ({ mtimeNs, size }) => `${mtimeNs}.${size}`,
        () => null,
      ),
    ),
  );
  return times[0] === null ? null : times.join();
}

interface SeenEnd {
  leadsOn: boolean;
  /** Null for a file that an earlier version left, not opened since. */
  end: KnownEntry | null;
  root: KnownEntry | null;
}

function readEnd(file: string, known: KnownEntry | null): SeenEnd {
  const handle = openFile(file, { readOnly: true });
  try {
    const connection = createConnection(handle);
    const isKeyed = connection.value("SELECT 1 FROM sqlite_master WHERE name = '_koyalite_audit_head'") === 1;
    if (!isKeyed) return { leadsOn: known === null, end: null, root: null };
    return { leadsOn: leadsOnFrom(connection, known), end: readChainEnd(connection), root: findRoot(connection) };
  } finally {
    handle.close();
  }
}
