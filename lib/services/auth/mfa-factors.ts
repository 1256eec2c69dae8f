/** Second factors as rows of `_koyalite_mfa_factors`. */

import { randomUUID } from 'node:crypto';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { findText, isUuid, type JsonObject, objectOf, textOf, toWireTime } from '#lib/services/auth/rows.ts';

export type FactorType = 'totp' | 'phone' | 'webauthn' | 'recovery_code';

export interface Factor {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly verified: boolean;
  readonly friendlyName: string;
  readonly phone: string;
  /** TOTP secret, sealed. */
  readonly sealedSecret: string | null;
  /** The last time step a code was taken from: the same code does not work twice. */
  readonly lastUsedStep: number;
  readonly credential: JsonObject;
  readonly aaguid: string | null;
  readonly lastChallengedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

function toFactor(row: Row): Factor {
  return {
    id: textOf(row, 'id'),
    userId: textOf(row, 'user_id'),
    type: textOf(row, 'factor_type'),
    verified: textOf(row, 'status') === 'verified',
    friendlyName: findText(row, 'friendly_name') ?? '',
    phone: findText(row, 'phone') ?? '',
    sealedSecret: findText(row, 'sealed_secret'),
    lastUsedStep: Number(row.last_used_step ?? -1),
    credential: objectOf(row, 'web_authn_credential'),
    aaguid: findText(row, 'web_authn_aaguid'),
    lastChallengedAt: findText(row, 'last_challenged_at'),
    createdAt: textOf(row, 'created_at'),
    updatedAt: textOf(row, 'updated_at'),
  };
}

/** Oldest first. */
export function listFactors(connection: Connection, userId: string): Factor[] {
  const sql = 'SELECT * FROM _koyalite_mfa_factors WHERE user_id = ? ORDER BY created_at, rowid';
  return connection.all(sql, userId).map(toFactor);
}

export function findFactor(connection: Connection, userId: string, id: string): Factor | null {
  const row = connection.get('SELECT * FROM _koyalite_mfa_factors WHERE id = ? AND user_id = ?', id, userId);
  return row === undefined ? null : toFactor(row);
}

/** Throws 404 for a factor that is not this user's. */
export function getOwnFactor(connection: Connection, userId: string, id: string): Factor {
  const factor = isUuid(id) ? findFactor(connection, userId, id) : null;
  if (factor === null) throw authError(404, 'mfa_factor_not_found', 'Factor not found');
  return factor;
}

export interface NewFactor {
  readonly userId: string;
  readonly type: FactorType;
  readonly friendlyName: string;
  readonly phone?: string;
  readonly id?: string;
  readonly sealedSecret?: string;
}

/** Adds an unverified factor and returns its id. */
export function insertFactor(connection: Connection, factor: NewFactor, nowMs: number): string {
  const id = factor.id ?? randomUUID();
  const at = toStoredTime(nowMs);
  connection.run(
    `INSERT INTO _koyalite_mfa_factors(id, user_id, friendly_name, factor_type, phone, sealed_secret, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    factor.userId,
    factor.friendlyName,
    factor.type,
    factor.phone ?? null,
    factor.sealedSecret ?? null,
    at,
    at,
  );
  return id;
}

export function deleteFactor(connection: Connection, id: string): void {
  connection.run('DELETE FROM _koyalite_mfa_factors WHERE id = ?', id);
}

export function toFactorJson(factor: Factor): JsonObject {
  return {
    id: factor.id,
    created_at: toWireTime(factor.createdAt),
    updated_at: toWireTime(factor.updatedAt),
    status: factor.verified ? 'verified' : 'unverified',
    ...(factor.friendlyName === '' ? {} : { friendly_name: factor.friendlyName }),
    factor_type: factor.type,
    ...(factor.phone === '' ? {} : { phone: factor.phone }),
    ...(factor.lastChallengedAt === null ? {} : { last_challenged_at: toWireTime(factor.lastChallengedAt) }),
    ...(factor.aaguid === null ? {} : { web_authn_aaguid: factor.aaguid }),
  };
}
