/** Sessions of end users: opened by a sign-in, kept alive by refreshing, ended by signing out or by the settings' limits. */

import { randomUUID } from 'node:crypto';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toScopes } from '#lib/engine/oauth/scope-names.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { newRefreshToken, type RefreshToken } from '#lib/identity/refresh-tokens.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { type AuthSettings, authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { findText, textOf, timeMs } from '#lib/services/auth/rows.ts';
import { type User, updateUser } from '#lib/services/auth/users.ts';

export type Aal = 'aal1' | 'aal2';

export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly aal: string;
  readonly createdAt: string;
  readonly refreshedAt: string | null;
  /** The last proof after the sign-in that it is still the user. */
  readonly provenAt: string | null;
  readonly notAfter: string | null;
  /** The OAuth client that holds it; null for the app itself. */
  readonly oauthClientId: string | null;
  /** What the user agreed to let that client see. */
  readonly scopes: readonly string[];
  readonly userAgent: string | null;
  readonly ip: string | null;
  /** `impersonation` when an operator acts as the user. */
  readonly tag: string | null;
}

/** How a user proved who they are, as the `amr` claim names it. */
export interface SignInMethod {
  readonly method: string;
  readonly provider?: string;
}

/** A session with the one refresh token its client now gets. */
export interface OpenedSession {
  readonly user: User;
  readonly sessionId: string;
  readonly refreshToken: string;
}

/** Opens a session for a user who has just signed in. */
export function openSession(connection: Connection, context: AuthContext, user: User, method: SignInMethod): OpenedSession {
  const settings = authSettingsOf(context.environment);
  const now = context.now();
  const id = randomUUID();
  const at = toStoredTime(now);
  // An app that the user let in is no second place the user is signed in at.
  if (settings.sessions_single_per_user)
    connection.run('DELETE FROM _koyalite_sessions WHERE user_id = ? AND oauth_client_id IS NULL', user.id);
  connection.run(
    `INSERT INTO _koyalite_sessions(id, user_id, created_at, updated_at, user_agent, ip, not_after) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    id,
    user.id,
    at,
    at,
    context.userAgent,
    context.clientAddress,
    settings.sessions_timebox === 0 ? null : toStoredTime(now + settings.sessions_timebox * 1000),
  );
  addSignInMethod(connection, id, method, now);
  const token = newRefreshToken();
  insertRefreshToken(connection, token, null, user.id, id, now);
  recordAudit(connection, context, {
    action: 'login',
    actorId: user.id,
    traits: { method: method.method, ...optional(method.provider) },
  });
  return { user: updateUser(connection, user.id, { last_sign_in_at: at }, now), sessionId: id, refreshToken: token.token };
}

function optional(provider: string | undefined): object {
  return provider === undefined ? {} : { provider };
}

export function insertRefreshToken(
  connection: Connection,
  token: RefreshToken,
  parentHash: string | null,
  userId: string,
  sessionId: string,
  nowMs: number,
): void {
  const at = toStoredTime(nowMs);
  connection.run(
    `INSERT INTO _koyalite_refresh_tokens(token_hash, child_salt, parent_hash, user_id, session_id, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    token.hash,
    token.childSalt,
    parentHash,
    userId,
    sessionId,
    at,
    at,
  );
}

/** Adds to the session's `amr`, and lifts its level when the method is a second factor. */
export function addSignInMethod(
  connection: Connection,
  sessionId: string,
  { method, provider }: SignInMethod,
  nowMs: number,
): void {
  const at = toStoredTime(nowMs);
  connection.run(
    `INSERT INTO _koyalite_mfa_amr_claims(session_id, authentication_method, provider, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (session_id, authentication_method) DO UPDATE SET updated_at = excluded.updated_at`,
    sessionId,
    method,
    provider ?? null,
    at,
    at,
  );
  if (secondFactors.has(method))
    connection.run(`UPDATE _koyalite_sessions SET aal = 'aal2', updated_at = ? WHERE id = ?`, at, sessionId);
}

const secondFactors = new Set(['totp', 'mfa/phone', 'mfa/webauthn', 'mfa/recovery_code']);

export interface AmrEntry {
  readonly method: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly provider?: string;
}

/** Newest first. */
export function listSignInMethods(connection: Connection, sessionId: string): AmrEntry[] {
  const sql = 'SELECT * FROM _koyalite_mfa_amr_claims WHERE session_id = ? ORDER BY updated_at DESC, authentication_method';
  return connection.all(sql, sessionId).map((row) => {
    const provider = findText(row, 'provider');
    const timestamp = Math.floor(timeMs(textOf(row, 'updated_at')) / 1000);
    return { method: textOf(row, 'authentication_method'), timestamp, ...(provider === null ? {} : { provider }) };
  });
}

export function findSession(connection: Connection, id: string): Session | null {
  const row = connection.get('SELECT * FROM _koyalite_sessions WHERE id = ?', id);
  return row === undefined ? null : toSession(row);
}

/** Newest first: what a user's "where you are signed in" shows. */
export function listSessions(connection: Connection, userId: string): Session[] {
  return connection.all('SELECT * FROM _koyalite_sessions WHERE user_id = ? ORDER BY created_at DESC', userId).map(toSession);
}

/** Ends the user's sessions, except one to keep. Their refresh tokens go with them, and codes that would open further ones. */
export function deleteUserSessions(connection: Connection, userId: string, keepId: string | null): void {
  connection.run('DELETE FROM _koyalite_sessions WHERE user_id = ? AND id IS NOT ?', userId, keepId);
  connection.run('DELETE FROM _koyalite_oauth_authorizations WHERE user_id = ? AND used_at IS NULL', userId);
}

export function deleteSession(connection: Connection, id: string): void {
  connection.run('DELETE FROM _koyalite_sessions WHERE id = ?', id);
}

/** When the session ends unless something is done about it: its access tokens must not outlive that. Null without an end. */
export function endOf(session: Session, settings: AuthSettings, hasVerifiedFactor: boolean): number | null {
  const [opened, used] = [timeMs(session.createdAt), timeMs(session.refreshedAt ?? session.createdAt)];
  const ends = [
    session.notAfter === null ? null : timeMs(session.notAfter),
    toEnd(opened, settings.sessions_timebox),
    toEnd(used, settings.sessions_inactivity_timeout),
    hasVerifiedFactor && session.aal === 'aal1' ? toEnd(opened, settings.sessions_allow_low_aal) : null,
  ].filter((end) => end !== null);
  return ends.length === 0 ? null : Math.min(...ends);
}

function toEnd(fromMs: number, seconds: number): number | null {
  return seconds === 0 ? null : fromMs + seconds * 1000;
}

/** Why the session is over, in GoTrue's words, or null while it lives. */
export function expiryOf(session: Session, settings: AuthSettings, hasVerifiedFactor: boolean, nowMs: number): string | null {
  const age = nowMs - timeMs(session.createdAt);
  if (session.notAfter !== null && timeMs(session.notAfter) <= nowMs) return 'Session Expired';
  if (settings.sessions_timebox > 0 && age >= settings.sessions_timebox * 1000) return 'Session Expired';
  const idle = nowMs - timeMs(session.refreshedAt ?? session.createdAt);
  if (settings.sessions_inactivity_timeout > 0 && idle >= settings.sessions_inactivity_timeout * 1000)
    return 'Session Expired (Inactivity)';
  const lowAal = settings.sessions_allow_low_aal;
  if (lowAal > 0 && hasVerifiedFactor && session.aal === 'aal1' && age >= lowAal * 1000)
    return 'Session Expired (Low AAL: User has enabled MFA)';
  return null;
}

function toSession(row: Row): Session {
  return {
    id: textOf(row, 'id'),
    userId: textOf(row, 'user_id'),
    aal: textOf(row, 'aal'),
    createdAt: textOf(row, 'created_at'),
    refreshedAt: findText(row, 'refreshed_at'),
    provenAt: findText(row, 'proven_at'),
    notAfter: findText(row, 'not_after'),
    oauthClientId: findText(row, 'oauth_client_id'),
    scopes: toScopes(findText(row, 'scopes') ?? ''),
    userAgent: findText(row, 'user_agent'),
    ip: findText(row, 'ip'),
    tag: findText(row, 'tag'),
  };
}
