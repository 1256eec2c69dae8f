/**
 * What the control database remembers of every environment's record: how far it went, and the hash it ended with, signed.
 * Somebody who sets an environment's file back to an older copy, signed end and all, is found out by it.
 */

import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlContext } from '#lib/control/control-context.ts';
import type { KnownEntry } from '#lib/engine/audit/audit-chain.ts';
import { leadsOnFrom, readChainEnd } from '#lib/engine/audit/environment-audit.ts';
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

/** Null when there is none. An anchor that was tampered with leads to an entry that cannot be: no chain holds against it. */
export async function findAnchor(context: ControlContext, environmentId: string): Promise<KnownEntry | null> {
  const row = await context.database.auditAnchor.findUnique({ where: { environmentId } });
  if (row === null) return null;
  return row.signature === sign(context, environmentId, row) ? row : { seq: row.seq, hash: '' };
}

/** Remembers the end of a chain that was found whole, or that leads on from what is remembered. */
export async function putAnchor(context: ControlContext, environmentId: string, end: KnownEntry): Promise<void> {
  const data = { seq: end.seq, hash: end.hash, signature: sign(context, environmentId, end) };
  await context.database.auditAnchor.upsert({
    where: { environmentId },
    create: { environmentId, ...data },
    update: data,
  });
}

function sign(context: ControlContext, environmentId: string, { seq, hash }: KnownEntry): string {
  return context.masterKey.sign('audit-anchor', JSON.stringify([environmentId, seq, hash]));
}

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
    const { leadsOn, end } = readEnd(file, known);
    // An anchor that followed a chain set back, once it has grown past, would vouch for it.
    if (!leadsOn) context.logger.error({ ref }, 'the audit of an environment does not lead on from what it was: verify it');
    else if (end !== null && end.seq > (known?.seq ?? 0)) await putAnchor(context, environment.id, end);
    seen.set(ref, version);
    // At the start every file is new to us: requests go in between.
    await sleep(pauseMs, undefined, { ref: false });
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

/** The end is null for a file that an earlier version left, not opened since. */
function readEnd(file: string, known: KnownEntry | null): { leadsOn: boolean; end: KnownEntry | null } {
  const handle = openFile(file, { readOnly: true });
  try {
    const connection = createConnection(handle);
    const isKeyed = connection.value("SELECT 1 FROM sqlite_master WHERE name = '_koyalite_audit_head'") === 1;
    if (!isKeyed) return { leadsOn: known === null, end: null };
    return { leadsOn: leadsOnFrom(connection, known), end: readChainEnd(connection) };
  } finally {
    handle.close();
  }
}
