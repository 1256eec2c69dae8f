/** Authorization requests as rows: asked, answered by one user, redeemed once. */

import { createHash } from 'node:crypto';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toScopes } from '#lib/engine/oauth/scope-names.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { equalText, hashToken, randomToken } from '#lib/identity/sealing.ts';
import { type AuthSettings, authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import type { AuthorizationRequest } from '#lib/services/auth/oauth/authorization-request.ts';
import { findText, isTrue, textOf, timeMs } from '#lib/services/auth/rows.ts';

export interface Authorization {
  readonly idHash: string;
  readonly clientId: string;
  readonly userId: string | null;
  readonly status: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | null;
  readonly nonce: string | null;
  readonly resource: string | null;
  readonly codeChallenge: string;
  readonly asksAgain: boolean;
  readonly codeExpiresAt: string | null;
  readonly authTime: string | null;
  readonly usedAt: string | null;
  readonly sessionId: string | null;
  readonly expiresAt: string;
}

function toAuthorization(row: Row): Authorization {
  return {
    idHash: textOf(row, 'id_hash'),
    clientId: textOf(row, 'client_id'),
    userId: findText(row, 'user_id'),
    status: textOf(row, 'status'),
    redirectUri: textOf(row, 'redirect_uri'),
    scopes: toScopes(textOf(row, 'scope')),
    state: findText(row, 'state'),
    nonce: findText(row, 'nonce'),
    resource: findText(row, 'resource'),
    codeChallenge: textOf(row, 'code_challenge'),
    asksAgain: isTrue(row, 'asks_again'),
    codeExpiresAt: findText(row, 'code_expires_at'),
    authTime: findText(row, 'auth_time'),
    usedAt: findText(row, 'used_at'),
    sessionId: findText(row, 'session_id'),
    expiresAt: textOf(row, 'expires_at'),
  };
}

/** Redeemed codes are remembered this long, so that their reuse is seen. */
const keptMs = 86_400_000;

/** Stores a request and returns the id its consent page gets. */
export function insertAuthorization(connection: Connection, context: AuthContext, request: AuthorizationRequest): string {
  const id = randomToken();
  const now = context.now();
  connection.run('DELETE FROM _koyalite_oauth_authorizations WHERE created_at < ?', toStoredTime(now - keptMs));
  connection.run(
    `INSERT INTO _koyalite_oauth_authorizations(id_hash, client_id, redirect_uri, scope, state, nonce, resource, code_challenge,
       asks_again, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    hashToken(id),
    request.client.id,
    request.redirectUri,
    request.scope,
    request.state,
    request.nonce,
    request.resource,
    request.codeChallenge,
    request.asksAgain ? 1 : 0,
    toStoredTime(now),
    toStoredTime(now + lifeMs(authSettingsOf(context.environment))),
  );
  return id;
}

function lifeMs(settings: AuthSettings): number {
  return settings.oauth_server_authorization_exp * 1000;
}

/** Null for an id nobody was given, or one that is too old. */
export function findAuthorization(connection: Connection, id: string, nowMs: number): Authorization | null {
  const row = connection.get('SELECT * FROM _koyalite_oauth_authorizations WHERE id_hash = ?', hashToken(id));
  const found = row === undefined ? null : toAuthorization(row);
  return found === null || timeMs(found.expiresAt) <= nowMs ? null : found;
}

export function findAuthorizationByCode(connection: Connection, code: string): Authorization | null {
  const row = connection.get('SELECT * FROM _koyalite_oauth_authorizations WHERE code_hash = ?', hashToken(code));
  return row === undefined ? null : toAuthorization(row);
}

/** From here on the request is this user's: nobody else sees or answers it. */
export function claimAuthorization(connection: Connection, authorization: Authorization, userId: string): void {
  connection.run('UPDATE _koyalite_oauth_authorizations SET user_id = ? WHERE id_hash = ?', userId, authorization.idHash);
}

/** Returns the code, which is kept as a hash. */
export function approveAuthorization(
  connection: Connection,
  context: AuthContext,
  authorization: Authorization,
  authTime: string,
): string {
  const code = randomToken();
  const expiresMs = context.now() + authSettingsOf(context.environment).oauth_server_code_exp * 1000;
  connection.run(
    `UPDATE _koyalite_oauth_authorizations SET status = 'approved', code_hash = ?, code_expires_at = ?, auth_time = ? WHERE id_hash = ?`,
    hashToken(code),
    toStoredTime(expiresMs),
    authTime,
    authorization.idHash,
  );
  return code;
}

export function denyAuthorization(connection: Connection, authorization: Authorization): void {
  connection.run("UPDATE _koyalite_oauth_authorizations SET status = 'denied' WHERE id_hash = ?", authorization.idHash);
}

/** Spends the code; which session it opened is kept, to end it should the code come again. */
export function spendAuthorization(connection: Connection, authorization: Authorization, sessionId: string, nowMs: number): void {
  const sql = 'UPDATE _koyalite_oauth_authorizations SET used_at = ?, session_id = ? WHERE id_hash = ?';
  connection.run(sql, toStoredTime(nowMs), sessionId, authorization.idHash);
}

export function challengeHolds({ codeChallenge }: Authorization, verifier: string): boolean {
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  return equalText(createHash('sha256').update(verifier).digest('base64url'), codeChallenge);
}
