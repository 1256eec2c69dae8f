/** `/oauth/authorizations/{id}`: the consent page asks who wants what, and brings the signed-in user's answer. */

import { z } from 'zod';
import type { Connection } from '#lib/engine/database.ts';
import { findClient, type OAuthClient } from '#lib/engine/oauth/oauth-clients.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { toAllowedRedirect } from '#lib/identity/redirect-policy.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { requireUser, type SignedIn } from '#lib/services/auth/bearer.ts';
import { readBody, text } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { listFactors } from '#lib/services/auth/mfa-factors.ts';
import { toAnswerUrl } from '#lib/services/auth/oauth/authorization-request.ts';
import {
  type Authorization,
  approveAuthorization,
  claimAuthorization,
  denyAuthorization,
  findAuthorization,
} from '#lib/services/auth/oauth/authorizations.ts';
import { toClientCard } from '#lib/services/auth/oauth/client-json.ts';
import { addConsent, findConsent } from '#lib/services/auth/oauth/consents.ts';
import { requireOAuthServer } from '#lib/services/auth/oauth/oauth-switch.ts';
import { covers } from '#lib/services/auth/oauth/scopes.ts';
import type { JsonObject } from '#lib/services/auth/rows.ts';

export async function readAuthorization(context: AuthContext): Promise<HttpResponse> {
  const signedIn = requireConsenter(context);
  const { user } = signedIn;
  const body = await context.database.write((connection): JsonObject => {
    const { authorization, client } = getPending(connection, context, user.id, 'authorization request cannot be processed');
    claimAuthorization(connection, authorization, user.id);
    if (mayApproveUnasked(connection, signedIn, authorization, client))
      return { redirect_url: approve(connection, context, signedIn, authorization, true) };
    return {
      authorization_id: context.params.id ?? '',
      redirect_uri: authorization.redirectUri,
      client: toClientCard(client),
      user: { id: user.id, email: user.email ?? '' },
      scope: authorization.scopes.join(' '),
    };
  });
  return jsonResponse(200, body);
}

export async function answerAuthorization(context: AuthContext): Promise<HttpResponse> {
  const signedIn = requireConsenter(context);
  const { action } = await readBody(context, z.object({ action: text }));
  if (action !== 'approve' && action !== 'deny') throw validationFailed("action must be 'approve' or 'deny'");
  const redirectUrl = await context.database.write((connection) => {
    const { authorization } = getPending(connection, context, signedIn.user.id, 'authorization request is no longer pending');
    // Nobody answers what they were not shown.
    if (authorization.userId === null) throw notFound();
    if (action === 'deny') return deny(connection, context, signedIn, authorization);
    if (!isStrongEnough(connection, signedIn))
      throw authError(401, 'insufficient_aal', 'AAL2 session is required to let an app in when MFA is enabled.');
    return approve(connection, context, signedIn, authorization, false);
  });
  return jsonResponse(200, { redirect_url: redirectUrl });
}

/** The user themself, on the app's own page: no client may agree to another one, or to more for itself. */
function requireConsenter(context: AuthContext): SignedIn {
  const settings = requireOAuthServer(context);
  const origin = context.request.header('origin');
  const page = `${origin}/`;
  if (origin !== null && toAllowedRedirect(page, settings.site_url, settings.uri_allow_list) !== page)
    throw validationFailed('unauthorized request origin');
  return requireUser(context);
}

function getPending(
  connection: Connection,
  context: AuthContext,
  userId: string,
  otherwise: string,
): { authorization: Authorization; client: OAuthClient } {
  const authorization = findAuthorization(connection, context.params.id ?? '', context.now());
  const client = authorization === null ? null : findClient(connection, authorization.clientId);
  if (authorization === null || client === null) throw notFound();
  if (authorization.userId !== null && authorization.userId !== userId) throw notFound();
  if (authorization.status !== 'pending') throw validationFailed(otherwise);
  return { authorization, client };
}

/**
 * Agreed before, to all of it. A public client at an address that any app on a device could take (http on loopback, a scheme
 * of its own) is not known by its id alone, so its users are asked each time (RFC 8252, 8.6).
 */
function mayApproveUnasked(
  connection: Connection,
  signedIn: SignedIn,
  authorization: Authorization,
  client: OAuthClient,
): boolean {
  if (authorization.asksAgain || (client.isPublic && !authorization.redirectUri.startsWith('https:'))) return false;
  const agreed = findConsent(connection, signedIn.user.id, client.id);
  return agreed !== null && covers(agreed, authorization.scopes) && isStrongEnough(connection, signedIn);
}

/** Whoever has a second factor must have used it before giving lasting access away. */
function isStrongEnough(connection: Connection, { user, session }: SignedIn): boolean {
  return session?.aal === 'aal2' || !listFactors(connection, user.id).some((factor) => factor.verified);
}

function approve(
  connection: Connection,
  context: AuthContext,
  { user, session }: SignedIn,
  authorization: Authorization,
  unasked: boolean,
): string {
  const signedInAt = session?.createdAt ?? toStoredTime(context.now());
  const code = approveAuthorization(connection, context, authorization, signedInAt);
  if (!unasked) addConsent(connection, user.id, authorization.clientId, authorization.scopes, context.now());
  audit(connection, context, user.id, unasked ? 'oauth_consent_reused' : 'oauth_consent_approved', authorization);
  return toAnswerUrl(context, authorization, { code });
}

function deny(connection: Connection, context: AuthContext, { user }: SignedIn, authorization: Authorization): string {
  denyAuthorization(connection, authorization);
  audit(connection, context, user.id, 'oauth_consent_denied', authorization);
  return toAnswerUrl(context, authorization, { error: 'access_denied', error_description: 'User denied the request' });
}

function audit(
  connection: Connection,
  context: AuthContext,
  userId: string,
  action: string,
  { clientId, scopes }: Authorization,
): void {
  recordAudit(connection, context, { action, actorId: userId, traits: { client_id: clientId, scope: scopes.join(' ') } });
}

function notFound() {
  return authError(404, 'oauth_authorization_not_found', 'authorization not found');
}
