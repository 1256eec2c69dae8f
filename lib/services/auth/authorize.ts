/** `GET /authorize` and identity linking: sends the browser to a provider with a state only we can have made. */

import { emptyResponse, type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { randomToken } from '#lib/identity/sealing.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireUser } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { createFlow, newState, parseChallenge } from '#lib/services/auth/flow-states.ts';
import { limitAddress } from '#lib/services/auth/limits.ts';
import { requireProvider } from '#lib/services/auth/providers.ts';
import { requireRecentProof } from '#lib/services/auth/recent-proof.ts';
import { redirectOf } from '#lib/services/auth/redirects.ts';

export async function authorize(context: AuthContext): Promise<HttpResponse> {
  const url = await startFlow(context, null);
  if (context.query.get('skip_http_redirect') === 'true') return jsonResponse(200, { url });
  return emptyResponse(302, ['Location', url, 'Cache-Control', 'no-store']);
}

export async function authorizeLink(context: AuthContext): Promise<HttpResponse> {
  const signedIn = requireUser(context);
  if (!authSettingsOf(context.environment).security_manual_linking_enabled) {
    throw authError(404, 'manual_linking_disabled', 'Manual linking is disabled');
  }
  requireRecentProof(context, signedIn);
  const url = await startFlow(context, signedIn.user.id);
  if (context.query.get('skip_http_redirect') === 'true') return jsonResponse(200, { url });
  return emptyResponse(302, ['Location', url, 'Cache-Control', 'no-store']);
}

/** Ours to set: a caller's query may not replace them. */
const reserved = new Set([
  'provider',
  'redirect_to',
  'scopes',
  'code_challenge',
  'code_challenge_method',
  'skip_http_redirect',
  'invite_token',
  'apikey',
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'nonce',
  'scope',
  'response_mode',
]);

async function startFlow(context: AuthContext, linkingUserId: string | null): Promise<string> {
  const { query } = context;
  const name = query.get('provider') ?? '';
  if (name === '') throw validationFailed('Unsupported provider: Provider could not be found');
  const challenge = parseChallenge(query.get('code_challenge'), query.get('code_challenge_method'));
  await limitAddress(context, 'otp');
  const provider = await requireProvider(context, name);
  const { state, stateHash } = newState();
  const verifier = randomToken();
  const nonce = provider.usesNonce ? randomToken() : null;
  const wanted = (query.get('scopes') ?? '').split(/[ ,]+/).filter(Boolean);
  const scopes = [...new Set([...provider.scopes, ...wanted])];
  const url = provider.client.authorizationUrl(state, verifier, scopes);
  for (const [key, value] of Object.entries(provider.parameters)) url.searchParams.set(key, value);
  for (const [key, value] of query) if (!reserved.has(key)) url.searchParams.set(key, value);
  if (nonce !== null) url.searchParams.set('nonce', nonce);
  await context.database.write((connection) =>
    createFlow(connection, context, {
      challenge,
      provider: provider.name,
      authenticationMethod: 'oauth',
      redirectTo: redirectOf(context),
      stateHash,
      verifier,
      ...(nonce === null ? {} : { nonce }),
      ...(linkingUserId === null ? {} : { linkingUserId }),
    }),
  );
  return url.toString();
}
