/**
 * Whose account a provider's user is. Only an email the provider vouches for leads to an existing account, and an account
 * whose email nobody had proven is emptied first: whoever made it may not be the one who owns the mailbox.
 */

import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { isProblem, type Problem } from '#lib/http/problem.ts';
import type { OAuthProfile } from '#lib/identity/oauth-profiles.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { sendMailToken } from '#lib/services/auth/confirmations.ts';
import { parseEmail } from '#lib/services/auth/contacts.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { findIdentity, putIdentity } from '#lib/services/auth/identities.ts';
import { confirmContact, isAutoconfirm } from '#lib/services/auth/new-users.ts';
import { deleteOneTimeTokens } from '#lib/services/auth/one-time-tokens.ts';
import { endOtherSessions } from '#lib/services/auth/recent-proof.ts';
import type { JsonObject } from '#lib/services/auth/rows.ts';
import { deleteUserSessions } from '#lib/services/auth/sessions.ts';
import { findUserByEmail, getUser, insertUser, isBanned, type User, updateUser, withProvider } from '#lib/services/auth/users.ts';

export interface ExternalAccount {
  readonly provider: string;
  readonly profile: OAuthProfile;
  readonly emailOptional: boolean;
}

/** Finds, links or makes the user within the write. A returned problem keeps what was written (a pending confirmation). */
export function resolveAccount(connection: Connection, context: AuthContext, account: ExternalAccount): User | Problem {
  const { provider, profile } = account;
  const identity = findIdentity(connection, provider, profile.id);
  const user = identity === null ? findOrCreate(connection, context, account) : getUser(connection, identity.userId);
  if (isProblem(user)) return user;
  if (isBanned(user, context.now())) return authError(403, 'user_banned', 'User is banned');
  putIdentity(connection, user.id, provider, profile.id, toIdentityData(profile), context.now());
  const known = getUser(connection, user.id);
  const metadata = { ...toIdentityData(profile), ...known.userMetadata };
  return updateUser(
    connection,
    user.id,
    { raw_app_meta_data: withProvider(known.appMetadata, provider), raw_user_meta_data: metadata, is_anonymous: 0 },
    context.now(),
  );
}

/** Adds the provider's account to a signed-in user. Throws 422 when it belongs to somebody already. */
export function linkAccount(connection: Connection, context: AuthContext, userId: string, account: ExternalAccount): User {
  const { provider, profile } = account;
  const identity = findIdentity(connection, provider, profile.id);
  if (identity !== null) {
    const message = identity.userId === userId ? 'Identity is already linked' : 'Identity is already linked to another user';
    throw authError(422, 'identity_already_exists', message);
  }
  let user = getUser(connection, userId);
  putIdentity(connection, userId, provider, profile.id, toIdentityData(profile), context.now());
  const email = toEmail(profile);
  const takesEmail =
    user.email === null && email !== null && profile.emailVerified && findUserByEmail(connection, email) === null;
  const changes = {
    raw_app_meta_data: withProvider(user.appMetadata, provider),
    is_anonymous: 0,
    ...(takesEmail ? { email } : {}),
  };
  user = updateUser(connection, userId, changes, context.now());
  if (takesEmail) user = updateUser(connection, userId, { email_confirmed_at: toStoredTime(context.now()) }, context.now());
  // The session that asked gets a successor with the answer.
  endOtherSessions(connection, context, userId, null);
  recordAudit(connection, context, { action: 'identity_linked', actorId: userId, traits: { provider } });
  return user;
}

function findOrCreate(connection: Connection, context: AuthContext, account: ExternalAccount): User | Problem {
  const { provider, profile } = account;
  const email = toEmail(profile);
  if (email === null && !account.emailOptional)
    return authError(422, 'email_address_not_provided', 'Error getting user email from external provider');
  const existing = email === null ? null : findUserByEmail(connection, email);
  if (existing !== null) return claim(connection, context, account, existing);
  if (authSettingsOf(context.environment).disable_signup)
    return authError(422, 'signup_disabled', 'Signups not allowed for this instance');
  const user = insertUser(
    connection,
    { email, raw_app_meta_data: withProvider({}, provider), raw_user_meta_data: toIdentityData(profile) },
    context.now(),
  );
  recordAudit(connection, context, { action: 'user_signedup', actorId: user.id, traits: { provider } });
  if (email === null) return user;
  if (profile.emailVerified || isAutoconfirm(context)) {
    return updateUser(connection, user.id, { email_confirmed_at: toStoredTime(context.now()) }, context.now());
  }
  putIdentity(connection, user.id, provider, profile.id, toIdentityData(profile), context.now());
  sendMailToken(connection, context, user, 'signup', email);
  return needsVerification(provider);
}

function claim(
  connection: Connection,
  context: AuthContext,
  { provider, profile }: ExternalAccount,
  existing: User,
): User | Problem {
  if (!profile.emailVerified || existing.isSso) return needsVerification(provider);
  if (existing.emailConfirmedAt === null) emptyUnproven(connection, context, existing);
  recordAudit(connection, context, { action: 'identity_linked', actorId: existing.id, traits: { provider } });
  return confirmContact(connection, context, getUser(connection, existing.id), 'email');
}

/** Nothing a stranger may have left in the account stays: password, ways to sign in, sessions, factors, apps let in, data. */
function emptyUnproven(connection: Connection, context: AuthContext, user: User): void {
  deleteUserSessions(connection, user.id, null);
  deleteOneTimeTokens(connection, user.id);
  for (const table of [
    '_koyalite_identities',
    '_koyalite_mfa_factors',
    '_koyalite_webauthn_credentials',
    '_koyalite_oauth_consents',
  ]) {
    connection.run(`DELETE FROM ${table} WHERE user_id = ?`, user.id);
  }
  const changes = { encrypted_password: null, phone: null, phone_confirmed_at: null, phone_change: null, email_change: null };
  const { provider: _provider, providers: _providers, ...appMetadata } = user.appMetadata;
  updateUser(connection, user.id, { ...changes, raw_user_meta_data: {}, raw_app_meta_data: appMetadata }, context.now());
}

function needsVerification(provider: string): Problem {
  return authError(
    403,
    'provider_email_needs_verification',
    `Unverified email with ${provider}. Verify the email with ${provider} in order to sign in, or sign in with your email.`,
  );
}

function toEmail(profile: OAuthProfile): string | null {
  return profile.email === null ? null : parseEmail(profile.email);
}

function toIdentityData(profile: OAuthProfile): JsonObject {
  const named = {
    name: profile.name,
    full_name: profile.name,
    user_name: profile.username,
    preferred_username: profile.username,
    picture: profile.avatarUrl,
    avatar_url: profile.avatarUrl,
    email: profile.email,
  };
  const present = Object.entries(named).filter(([, value]) => value !== null);
  return {
    ...Object.fromEntries(present),
    iss: profile.issuer,
    sub: profile.id,
    provider_id: profile.id,
    email_verified: profile.emailVerified,
    phone_verified: false,
  };
}
