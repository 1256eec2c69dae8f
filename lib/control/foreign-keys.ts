/**
 * Keys and tokens of one environment that are tried on another, or on the Platform API: refused like any stranger's, and on
 * record, since somebody has them who mixes them up or should not have them. Only what is genuine is written down, once a
 * minute for each key: inventing keys writes nothing.
 */

import { systemActor } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { toSealingKey } from '#lib/control/environment-key.ts';
import type { Origin } from '#lib/control/operator-sessions.ts';
import { appendEnvironmentAudit } from '#lib/engine/audit/environment-audit.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import { readTokenHead, verifyToken } from '#lib/identity/jwt.ts';
import { makeAttempts } from '#lib/identity/operator-attempts.ts';
import { hashToken } from '#lib/identity/sealing.ts';

export interface ForeignKeys {
  /** What a refused request of an environment brought. Nothing waits for it. */
  refusedBy(target: EnvironmentRecord, keys: readonly string[], origin: Origin): void;
  /** What the Platform API took for nobody's. */
  refusedByPlatform(key: string, origin: Origin): void;
}

interface Owner {
  readonly record: EnvironmentRecord;
  readonly kind: 'key' | 'token';
  /** Enough to find it by: the start of the key's hash, or the id of the key that signed. */
  readonly id: string;
}

const maxLength = 8192;

export function makeForeignKeys(context: ControlContext): ForeignKeys {
  const noted = makeAttempts({ attempts: 1, windowMs: 60_000, maxKeys: 10_000 });

  function findOwner(key: string): Owner | null {
    if (key.length > maxLength) return null;
    const records = context.directory.list();
    if (key.startsWith('sb_')) {
      const hash = hashToken(key);
      const record = records.find(({ apiKeys }) => apiKeys.has(hash));
      return record === undefined ? null : { record, kind: 'key', id: hash.slice(0, 12) };
    }
    const kid = readTokenHead(key)?.kid;
    if (kid === undefined) return null;
    const mayHaveSigned = records.filter(({ signingKeys }) => signingKeys.some((one) => one.kid === kid));
    const record = mayHaveSigned.find(({ signingKeys }) => verifyToken(key, signingKeys, Date.now() / 1000).ok);
    return record === undefined ? null : { record, kind: 'token', id: kid };
  }

  async function recordAtPlatform({ record, kind, id }: Owner, target: string | null, origin: Origin): Promise<void> {
    const { ref } = record;
    const found = await context.database.environment.findUnique({ where: { ref }, include: { project: true } });
    const actor = { ...systemActor, ip: origin.ip, userAgent: origin.userAgent };
    const after = { kind, key: id, tried_on: target ?? 'platform' };
    // Whose key it is may know that it was tried elsewhere, and not where: that may be another customer's.
    const projectRef = target === null ? (found?.project.ref ?? null) : null;
    const event = { action: 'api_key.foreign_use', subject: ref, projectRef, after };
    await inTransaction(context, (transaction) => appendAudit(transaction, context.masterKey, actor, event));
  }

  async function recordAtTarget(target: EnvironmentRecord, { record, kind, id }: Owner, origin: Origin): Promise<void> {
    const database = context.engine.open(target.ref, target.file, { durability: target.settings.durability });
    const of = record.projectId === target.projectId ? record.ref : 'another project';
    await database.write((connection) =>
      appendEnvironmentAudit(connection, toSealingKey(context.masterKey, target), {
        at: toStoredTime(Date.now()),
        action: 'foreign_key_refused',
        actorKind: 'anonymous',
        actorId: null,
        subjectId: null,
        ip: origin.ip,
        userAgent: origin.userAgent?.slice(0, 500) ?? null,
        traits: { kind, key: id, of },
      }),
    );
  }

  return {
    refusedBy(target, keys, origin) {
      for (const key of new Set(keys)) {
        const owner = findOwner(key);
        if (owner === null || owner.record.ref === target.ref || !noted.fits(`${target.ref} ${owner.id}`)) continue;
        context.later(async () => {
          await recordAtTarget(target, owner, origin);
          await recordAtPlatform(owner, target.ref, origin);
        });
      }
    },
    refusedByPlatform(key, origin) {
      const owner = findOwner(key);
      if (owner !== null && noted.fits(`platform ${owner.id}`)) context.later(() => recordAtPlatform(owner, null, origin));
    },
  };
}
