/** What single users agreed to with OAuth clients: operators look at it and take it back. */

import type { Actor } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { auditAuth, readEndUser } from '#lib/control/end-users.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { changeRecorded } from '#lib/control/recorded-change.ts';
import type { UserState } from '#lib/engine/audit/user-state.ts';
import type { Connection } from '#lib/engine/database.ts';
import { removeConsent } from '#lib/engine/oauth/remove-consent.ts';
import { toScopes } from '#lib/engine/oauth/scope-names.ts';
import { Problem } from '#lib/http/problem.ts';

export interface EndUserGrant {
  client_id: string;
  client_name: string;
  scopes: string[];
  /** Since when. */
  since: string;
  /** How many sessions the client holds. */
  sessions: number;
}

const columns = `c.client_id, k.client_name, c.scopes, c.granted_at,
  (SELECT count(*) FROM _koyalite_sessions s WHERE s.user_id = c.user_id AND s.oauth_client_id = c.client_id) AS sessions
  FROM _koyalite_oauth_consents c JOIN _koyalite_oauth_clients k ON k.id = c.client_id`;

/** The clients a user has let in, newest first. Needs the role developer, as reading users does. */
export async function listEndUserGrants(context: ControlContext, actor: Actor, ref: string, id: string): Promise<EndUserGrant[]> {
  const { access, database } = await openEnvironment(context, actor, ref, 'developer');
  if (access.project.hipaa) await auditAuth(context, actor, ref, access.project.ref, 'auth_user.list_grants', id, {});
  return database.read((connection) => {
    const sql = `SELECT ${columns} WHERE c.user_id = ? ORDER BY c.granted_at DESC, c.client_id`;
    return connection.all(sql, readEndUser(connection, id).id).map(toGrant);
  });
}

/** The client's sessions, tokens and codes of this user are dead with the commit. 404 without an agreement. Needs the role admin. */
export async function revokeEndUserGrant(
  context: ControlContext,
  actor: Actor,
  ref: string,
  id: string,
  clientId: string,
): Promise<void> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const { user, grant } = opened.database.read((connection) => {
    const user = readEndUser(connection, id);
    return { user, grant: getGrant(connection, user.id, clientId) };
  });
  const named = { client: grant.client_id, client_name: grant.client_name };
  await changeRecorded(
    context,
    actor,
    opened,
    {
      action: 'auth_user.revoke_grant',
      subject: user.id,
      detail: named,
      traits: named,
      state: (connection) => toState(findGrant(connection, user.id, grant.client_id)),
    },
    (connection) => {
      // Of two revocations at once the second has nothing to say.
      if (!removeConsent(connection, user.id, grant.client_id)) throw notFound();
    },
  );
}

function findGrant(connection: Connection, userId: string, clientId: string): EndUserGrant | null {
  const row = connection.get(`SELECT ${columns} WHERE c.user_id = ? AND c.client_id = ?`, userId, clientId.toLowerCase());
  return row === undefined ? null : toGrant(row);
}

function getGrant(connection: Connection, userId: string, clientId: string): EndUserGrant {
  const grant = findGrant(connection, userId, clientId);
  if (grant === null) throw notFound();
  return grant;
}

function toGrant(row: Readonly<Record<string, unknown>>): EndUserGrant {
  return {
    client_id: String(row.client_id),
    client_name: typeof row.client_name === 'string' ? row.client_name : '',
    scopes: toScopes(String(row.scopes)),
    since: String(row.granted_at),
    sessions: Number(row.sessions),
  };
}

function toState(grant: EndUserGrant | null): UserState | null {
  return grant === null ? null : { scopes: grant.scopes, since: grant.since, sessions: grant.sessions };
}

function notFound(): Problem {
  return new Problem({ status: 404, code: 'oauth_grant_not_found', message: 'The user has no agreement with this client.' });
}
