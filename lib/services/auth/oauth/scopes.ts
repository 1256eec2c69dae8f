/** What each scope shows of the user. */

import type { JsonObject } from '#lib/services/auth/rows.ts';
import type { User } from '#lib/services/auth/users.ts';

export function covers(granted: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((scope) => granted.includes(scope));
}

/** The user's contacts and metadata as far as the scopes go. `sub` and `app_metadata` are the app's own and always there. */
export function toSharedUser(user: User, scopes: readonly string[]): { email: string; phone: string; user_metadata: JsonObject } {
  const [email, phone] = [scopes.includes('email'), scopes.includes('phone')];
  const hidden = new Set([...(email ? [] : ['email', 'email_verified']), ...(phone ? [] : ['phone', 'phone_verified'])]);
  const metadata = scopes.includes('profile') ? Object.entries(user.userMetadata).filter(([name]) => !hidden.has(name)) : [];
  return {
    email: email ? (user.email ?? '') : '',
    phone: phone ? (user.phone ?? '') : '',
    user_metadata: Object.fromEntries(metadata),
  };
}

/** OpenID Connect's standard claims for the scopes: for ID tokens and the userinfo endpoint. */
export function toStandardClaims(user: User, scopes: readonly string[]): JsonObject {
  const profile = scopes.includes('profile') ? toProfileClaims(user, scopes) : {};
  const email =
    scopes.includes('email') && user.email !== null ? { email: user.email, email_verified: user.emailConfirmedAt !== null } : {};
  const phone =
    scopes.includes('phone') && user.phone !== null
      ? { phone_number: user.phone, phone_number_verified: user.phoneConfirmedAt !== null }
      : {};
  return { ...profile, ...email, ...phone };
}

function toProfileClaims({ userMetadata, email, updatedAt }: User, scopes: readonly string[]): JsonObject {
  const first = (...names: string[]) =>
    names.map((name) => userMetadata[name]).find((value) => typeof value === 'string' && value !== '');
  // The email stands in for a name only where the client may know it.
  const name = first('name', 'full_name') ?? (scopes.includes('email') ? email : null);
  const picture = first('picture', 'avatar_url');
  const username = first('preferred_username', 'username', 'user_name');
  return {
    ...(name === null || name === undefined ? {} : { name }),
    ...(picture === undefined ? {} : { picture }),
    ...(username === undefined ? {} : { preferred_username: username }),
    updated_at: Math.floor(Date.parse(updatedAt) / 1000),
  };
}
