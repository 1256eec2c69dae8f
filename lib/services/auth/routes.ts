/** The auth API as a table of contents: method, path, handler. */

import type { HttpResponse } from '#lib/http/exchange.ts';
import { listAuditEntries } from '#lib/services/auth/admin-audit.ts';
import {
  addCustomProvider,
  changeCustomProvider,
  listCustomProviders,
  readCustomProvider,
  removeCustomProvider,
} from '#lib/services/auth/admin-custom-providers.ts';
import { deleteUserFactor, listUserFactors, renameUserFactor } from '#lib/services/auth/admin-factors.ts';
import { generateLink, inviteUser } from '#lib/services/auth/admin-links.ts';
import { deleteUserPasskey, listUserPasskeys } from '#lib/services/auth/admin-passkeys.ts';
import { createUser, deleteUser, listUsers, readUserById, updateUserById } from '#lib/services/auth/admin-users.ts';
import { authorize, authorizeLink } from '#lib/services/auth/authorize.ts';
import { handleCallback } from '#lib/services/auth/callback.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { refuseSaml, refuseSamlAdmin } from '#lib/services/auth/disabled.ts';
import { evenly, slowlyRefused } from '#lib/services/auth/even-time.ts';
import { logOut } from '#lib/services/auth/logout.ts';
import { receiveResendEvent } from '#lib/services/auth/mail-webhook.ts';
import { challengeFactor } from '#lib/services/auth/mfa-challenge.ts';
import { enrollFactor, unenrollFactor } from '#lib/services/auth/mfa-enroll.ts';
import {
  makeRecoveryCodes,
  readRecoveryCodes,
  remakeRecoveryCodes,
  removeRecoveryCodes,
  verifyRecoveryCode,
} from '#lib/services/auth/mfa-recovery-codes.ts';
import { verifyFactor } from '#lib/services/auth/mfa-verify.ts';
import {
  changeOAuthClient,
  createOAuthClient,
  listOAuthClients,
  readOAuthClient,
  removeOAuthClient,
  renewOAuthClientSecret,
} from '#lib/services/auth/oauth/admin-oauth-clients.ts';
import { authorizeClient } from '#lib/services/auth/oauth/authorize.ts';
import { answerAuthorization, readAuthorization } from '#lib/services/auth/oauth/consent.ts';
import { readServerMetadata } from '#lib/services/auth/oauth/discovery.ts';
import { listGrants, revokeGrant } from '#lib/services/auth/oauth/grants.ts';
import { inOAuthShape, withBearerChallenge } from '#lib/services/auth/oauth/oauth-error.ts';
import { registerClient } from '#lib/services/auth/oauth/register-client.ts';
import { revokeToken } from '#lib/services/auth/oauth/revoke-token.ts';
import { grantClientToken } from '#lib/services/auth/oauth/token-endpoint.ts';
import { readUserInfo } from '#lib/services/auth/oauth/userinfo.ts';
import { sendOtp } from '#lib/services/auth/otp.ts';
import { endOwnSession, listOwnSessions } from '#lib/services/auth/own-sessions.ts';
import {
  finishAuthentication,
  finishRegistration,
  listOwnPasskeys,
  removePasskey,
  renamePasskey,
  startAuthentication,
  startRegistration,
} from '#lib/services/auth/passkeys.ts';
import { confirmReauthentication } from '#lib/services/auth/recent-proof.ts';
import { recoverPassword } from '#lib/services/auth/recover.ts';
import { reauthenticate, resendMessage } from '#lib/services/auth/resend.ts';
import { readHealth, readJwks, readSettings } from '#lib/services/auth/settings-route.ts';
import { signUp } from '#lib/services/auth/signup.ts';
import { grantToken } from '#lib/services/auth/token.ts';
import { changeUser, readUser } from '#lib/services/auth/user.ts';
import { unlinkIdentity } from '#lib/services/auth/user-identities.ts';
import { followLink, peekLink, verifyPosted } from '#lib/services/auth/verify-link.ts';

export type AuthHandler = (context: AuthContext) => HttpResponse | Promise<HttpResponse>;

export interface AuthRoute {
  readonly method: string;
  /** `{name}` is one segment. */
  readonly path: string;
  readonly handle: AuthHandler;
}

function route(method: string, path: string, handle: AuthHandler): AuthRoute {
  return { method, path, handle };
}

const routes: readonly AuthRoute[] = [
  route('GET', '/health', readHealth),
  route('GET', '/settings', readSettings),
  route('GET', '/.well-known/jwks.json', readJwks),

  route('POST', '/signup', evenly(signUp)),
  route('POST', '/token', slowlyRefused(grantToken)),
  route('POST', '/logout', logOut),
  route('GET', '/authorize', authorize),
  route('GET', '/callback', handleCallback),
  route('POST', '/callback', handleCallback),
  route('POST', '/otp', evenly(sendOtp)),
  route('POST', '/magiclink', evenly(sendOtp)),
  route('POST', '/recover', evenly(recoverPassword)),
  route('POST', '/resend', evenly(resendMessage)),
  route('GET', '/reauthenticate', reauthenticate),
  route('POST', '/reauthenticate', confirmReauthentication),
  route('GET', '/verify', followLink),
  route('HEAD', '/verify', peekLink),
  route('POST', '/verify', slowlyRefused(verifyPosted, ['otp_expired'], 75)),
  route('GET', '/user', readUser),
  route('PUT', '/user', changeUser),
  route('GET', '/user/identities/authorize', authorizeLink),
  route('DELETE', '/user/identities/{id}', unlinkIdentity),
  route('GET', '/user/sessions', listOwnSessions),
  route('DELETE', '/user/sessions/{id}', endOwnSession),

  route('GET', '/factors/recovery-codes', readRecoveryCodes),
  route('POST', '/factors/recovery-codes', makeRecoveryCodes),
  route('DELETE', '/factors/recovery-codes', removeRecoveryCodes),
  route('POST', '/factors/recovery-codes/verify', verifyRecoveryCode),
  route('POST', '/factors/recovery-codes/regenerate', remakeRecoveryCodes),
  route('POST', '/factors', enrollFactor),
  route('DELETE', '/factors/{id}', unenrollFactor),
  route('POST', '/factors/{id}/challenge', challengeFactor),
  route('POST', '/factors/{id}/verify', verifyFactor),

  route('POST', '/passkeys/registration/options', startRegistration),
  route('POST', '/passkeys/registration/verify', finishRegistration),
  route('POST', '/passkeys/authentication/options', startAuthentication),
  route('POST', '/passkeys/authentication/verify', finishAuthentication),
  route('GET', '/passkeys', listOwnPasskeys),
  route('PATCH', '/passkeys/{id}', renamePasskey),
  route('DELETE', '/passkeys/{id}', removePasskey),

  route('GET', '/admin/users', listUsers),
  route('POST', '/admin/users', createUser),
  route('GET', '/admin/users/{id}', readUserById),
  route('PUT', '/admin/users/{id}', updateUserById),
  route('DELETE', '/admin/users/{id}', deleteUser),
  route('GET', '/admin/users/{id}/factors', listUserFactors),
  route('PUT', '/admin/users/{id}/factors/{factor}', renameUserFactor),
  route('DELETE', '/admin/users/{id}/factors/{factor}', deleteUserFactor),
  route('GET', '/admin/users/{id}/passkeys', listUserPasskeys),
  route('DELETE', '/admin/users/{id}/passkeys/{passkey}', deleteUserPasskey),
  route('POST', '/invite', inviteUser),
  route('POST', '/admin/generate_link', generateLink),
  route('GET', '/admin/custom-providers', listCustomProviders),
  route('POST', '/admin/custom-providers', addCustomProvider),
  route('GET', '/admin/custom-providers/{identifier}', readCustomProvider),
  route('PUT', '/admin/custom-providers/{identifier}', changeCustomProvider),
  route('DELETE', '/admin/custom-providers/{identifier}', removeCustomProvider),
  route('GET', '/admin/audit', listAuditEntries),
  route('POST', '/webhooks/resend', receiveResendEvent),

  route('GET', '/admin/oauth/clients', listOAuthClients),
  route('POST', '/admin/oauth/clients', createOAuthClient),
  route('GET', '/admin/oauth/clients/{id}', readOAuthClient),
  route('PUT', '/admin/oauth/clients/{id}', changeOAuthClient),
  route('DELETE', '/admin/oauth/clients/{id}', removeOAuthClient),
  route('POST', '/admin/oauth/clients/{id}/regenerate_secret', renewOAuthClientSecret),
  ...['GET', 'POST'].map((method) => route(method, '/admin/sso/providers', refuseSamlAdmin)),
  ...['GET', 'PUT', 'DELETE'].map((method) => route(method, '/admin/sso/providers/{id}', refuseSamlAdmin)),
  route('POST', '/sso', refuseSaml),
  route('POST', '/sso/saml/acs', refuseSaml),
  route('GET', '/sso/saml/metadata', refuseSaml),
  ...['GET', 'POST'].map((method) => route(method, '/oauth/authorize', inOAuthShape(authorizeClient))),
  route('POST', '/oauth/token', inOAuthShape(grantClientToken)),
  route('POST', '/oauth/revoke', inOAuthShape(revokeToken)),
  ...['GET', 'POST'].map((method) => route(method, '/oauth/userinfo', inOAuthShape(withBearerChallenge(readUserInfo)))),
  route('POST', '/oauth/clients/register', inOAuthShape(registerClient)),
  route('GET', '/oauth/authorizations/{id}', readAuthorization),
  route('POST', '/oauth/authorizations/{id}/consent', answerAuthorization),
  route('GET', '/user/oauth/grants', listGrants),
  route('DELETE', '/user/oauth/grants', revokeGrant),
  route('GET', '/.well-known/openid-configuration', readServerMetadata),
  route('GET', '/.well-known/oauth-authorization-server', readServerMetadata),
];

interface Node {
  readonly literal: Map<string, Node>;
  variable: { name: string; node: Node } | null;
  readonly methods: Map<string, AuthRoute>;
}

const emptyNode = (): Node => ({ literal: new Map(), variable: null, methods: new Map() });

function buildTree(): Node {
  const root = emptyNode();
  for (const entry of routes) {
    let node = root;
    for (const segment of entry.path.slice(1).split('/')) node = child(node, segment);
    node.methods.set(entry.method, entry);
  }
  return root;
}

function child(node: Node, segment: string): Node {
  if (segment.startsWith('{')) {
    node.variable ??= { name: segment.slice(1, -1), node: emptyNode() };
    return node.variable.node;
  }
  const known = node.literal.get(segment) ?? emptyNode();
  node.literal.set(segment, known);
  return known;
}

const tree = buildTree();

/** The route and its parameters; `method` when only the method is wrong; null when the path is unknown. */
export function findRoute(method: string, path: string): { route: AuthRoute; params: Record<string, string> } | 'method' | null {
  const params: Record<string, string> = {};
  let node: Node | undefined = tree;
  for (const segment of path.replace(/\/$/, '').slice(1).split('/')) {
    const literal: Node | undefined = node.literal.get(segment);
    if (literal === undefined && node.variable !== null) params[node.variable.name] = segment;
    node = literal ?? node.variable?.node;
    if (node === undefined) return null;
  }
  if (node.methods.size === 0) return null;
  const found = node.methods.get(method);
  return found === undefined ? 'method' : { route: found, params };
}
