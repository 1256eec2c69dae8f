/**
 * Impersonation: an operator acts as an end user, with a reason, for an hour at most, on record with actor and subject.
 * The token belongs to a session, so that ending the user's sessions ends it; it carries `impersonated_by`, by which the
 * auth service refuses to change anything of the account.
 */

import { randomUUID } from 'node:crypto';
import type { Actor } from '#lib/control/actor.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { impersonationRole } from '#lib/control/end-impersonation.ts';
import { type EndUser, readEndUser } from '#lib/control/end-users.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { changeRecorded } from '#lib/control/recorded-change.ts';
import { withAppRoles } from '#lib/engine/app-roles.ts';
import type { Connection, Database } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { Problem } from '#lib/http/problem.ts';
import { mintToken } from '#lib/identity/jwt.ts';

export interface ImpersonationRequest {
  who: { sub: string } | { email: string };
  reason: string;
  ttlSeconds: number;
}

export interface ImpersonationToken {
  /** To end it by. */
  id: string;
  token: string;
  expiresAt: Date;
  user: EndUser;
}

/** Needs the role admin. 404 for nobody, 403 for a user past row-level security, 409 for one who is banned. */
export async function impersonate(
  context: ControlContext,
  actor: Actor,
  ref: string,
  { who, reason, ttlSeconds }: ImpersonationRequest,
): Promise<ImpersonationToken> {
  const opened = await openEnvironment(context, actor, ref, impersonationRole);
  const { access, record, database } = opened;
  const { user, metadata } = database.read((connection) => {
    const found = readEndUser(connection, toUserId(connection, who));
    return { user: found, metadata: withAppRoles(connection, found.id, found.app_metadata) };
  });
  requireOrdinary(database, user);
  const sessionId = randomUUID();
  const iat = Math.floor(Date.now() / 1000);
  const exp = iat + ttlSeconds;
  const expiresAt = new Date(exp * 1000);
  const detail = { user: user.id, email: user.email, reason, expires_at: expiresAt.toISOString(), session: sessionId };
  const traits = { reason, expires_at: expiresAt.toISOString(), session: sessionId };
  const change = { action: 'auth_user.impersonate', subject: user.id, detail, traits };
  // Known before it begins: an impersonation without its session is ended by the sweep.
  await inTransaction(context, (transaction) =>
    transaction.impersonation.create({
      data: {
        id: sessionId,
        operatorId: actor.operatorId ?? 'system',
        operatorEmail: actor.email,
        credentialId: actor.sessionId ?? actor.tokenId ?? null,
        projectId: access.project.id,
        projectRef: access.project.ref,
        environmentRef: ref,
        userId: user.id,
        userEmail: user.email,
        reason,
        startedAt: new Date(iat * 1000),
        expiresAt,
      },
    }),
  );
  await changeRecorded(context, actor, opened, change, (connection) => {
    const now = toStoredTime(iat * 1000);
    connection.run(
      `INSERT INTO _koyalite_sessions(id, user_id, created_at, updated_at, not_after, user_agent, ip, tag)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'impersonation')`,
      sessionId,
      user.id,
      now,
      now,
      toStoredTime(exp * 1000),
      actor.userAgent,
      actor.ip,
    );
  });
  const claims = {
    iss: 'koyalite',
    aud: 'authenticated',
    ref,
    sub: user.id,
    email: user.email ?? '',
    phone: user.phone ?? '',
    app_metadata: metadata,
    user_metadata: user.user_metadata,
    role: user.role,
    aal: 'aal1',
    amr: [{ method: 'impersonation', timestamp: iat }],
    session_id: sessionId,
    is_anonymous: user.is_anonymous,
    impersonated_by: actor.operatorId ?? 'system',
    iat,
    exp,
  };
  return { id: sessionId, token: mintToken(claims, record.signingKeys), expiresAt, user };
}

function toUserId(connection: Connection, who: ImpersonationRequest['who']): string {
  if ('sub' in who) return who.sub;
  const sql = 'SELECT id FROM _koyalite_users WHERE email = ? ORDER BY is_sso_user LIMIT 1';
  const id = connection.value(sql, who.email);
  if (typeof id === 'string') return id;
  throw new Problem({ status: 404, code: 'user_not_found', message: 'There is no user with this email.' });
}

/** Never upward: not into a role that passes row-level security, by itself or by one it is a member of. */
function requireOrdinary(database: Database, user: EndUser): void {
  const { roles } = database.catalog;
  const role = roles.get(user.role);
  const passes = role === undefined || [role.name, ...role.memberOf].some((name) => roles.get(name)?.bypassRls !== false);
  if (passes || user.role === 'service_role') {
    const message = `A user of the role ${user.role} cannot be impersonated.`;
    throw new Problem({ status: 403, code: 'role_not_impersonable', message });
  }
  if (user.deleted_at !== null) throw new Problem({ status: 404, code: 'user_not_found', message: 'The user was deleted.' });
  if (user.banned_until !== null && Date.parse(user.banned_until) > Date.now()) {
    throw new Problem({ status: 409, code: 'user_banned', message: 'The user is banned.' });
  }
}
