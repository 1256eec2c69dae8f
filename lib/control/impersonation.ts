/** Whom an operator acts as inside an environment: a role, or one of its users with the claims a token of theirs would hold. */

import { z } from 'zod';
import { withAppRoles } from '#lib/engine/app-roles.ts';
import { type Caller, toCaller } from '#lib/engine/caller.ts';
import type { Connection, Database } from '#lib/engine/database.ts';
import { Problem } from '#lib/http/problem.ts';

export interface Impersonation {
  role?: string | undefined;
  sub?: string | undefined;
  claims?: Record<string, unknown> | undefined;
}

const metadataSchema = z.record(z.string(), z.unknown());
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const builtIn = new Set(['anon', 'authenticated', 'service_role']);

/** A text names a role, or a user by id or email. 404 for an email nobody has, 400 for what is none of these. */
export function toImpersonated(database: Database, wanted: Impersonation | string): Caller {
  if (typeof wanted === 'string') return parseWho(database, wanted);
  const { role, sub, claims = {} } = wanted;
  const subject = sub ?? (typeof claims.sub === 'string' ? claims.sub : undefined);
  const claimed = typeof claims.role === 'string' ? claims.role : undefined;
  const known = subject === undefined ? null : findUserClaims(database, 'id', subject);
  const acting = requireKnownRole(database, role ?? claimed ?? known?.role ?? (subject === undefined ? 'anon' : 'authenticated'));
  return toCaller(acting, { ...known?.claims, ...claims, ...(subject === undefined ? {} : { sub: subject }) });
}

function parseWho(database: Database, text: string): Caller {
  if (uuid.test(text)) {
    const sub = text.toLowerCase();
    const user = findUserClaims(database, 'id', sub);
    // A user who is not there yet may be tried all the same.
    return user === null ? toCaller('authenticated', { sub }) : toCaller(requireKnownRole(database, user.role), user.claims);
  }
  if (!text.includes('@')) return toCaller(requireKnownRole(database, text));
  const user = findUserClaims(database, 'email', text.trim().toLowerCase());
  if (user !== null) return toCaller(requireKnownRole(database, user.role), user.claims);
  throw new Problem({ status: 404, code: 'user_not_found', message: `The environment has no user "${text}".` });
}

function requireKnownRole(database: Database, role: string): string {
  if (builtIn.has(role) || database.catalog.roles.has(role)) return role;
  throw new Problem({
    status: 400,
    code: 'unknown_role',
    message: `There is no role "${role}".`,
    hint: 'anon, authenticated, service_role, a role of your own, or a user by id or email.',
  });
}

interface KnownUser {
  /** The one their tokens name, which need not be `authenticated`. */
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Null when there is no such user. */
function findUserClaims(database: Database, by: 'id' | 'email', value: string): KnownUser | null {
  return database.read((connection) => {
    if (!hasUsers(connection)) return null;
    const sql = `SELECT id, aud, role, email, phone, is_anonymous, raw_app_meta_data, raw_user_meta_data FROM _koyalite_users WHERE ${by} = ?`;
    const user = connection.get(sql, value);
    if (user === undefined) return null;
    const claims = {
      aud: user.aud,
      sub: user.id,
      email: user.email ?? '',
      phone: user.phone ?? '',
      app_metadata: withAppRoles(connection, String(user.id), metadataSchema.parse(JSON.parse(String(user.raw_app_meta_data)))),
      user_metadata: metadataSchema.parse(JSON.parse(String(user.raw_user_meta_data))),
      is_anonymous: Boolean(user.is_anonymous),
    };
    return { role: typeof user.role === 'string' && user.role !== '' ? user.role : 'authenticated', claims };
  });
}

function hasUsers(connection: Connection): boolean {
  return connection.value("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_koyalite_users'") !== undefined;
}
