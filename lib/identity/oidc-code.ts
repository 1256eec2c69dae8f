/**
 * The authorization code flow of OpenID Connect for sign-in, with PKCE, state and nonce. Arctic writes the authorization URL;
 * the code is exchanged by the caller's own fetch, which knows where this server may not go.
 */

import { z } from 'zod';
import { Problem } from '#lib/http/problem.ts';
import { createGenericProvider } from '#lib/identity/oauth.ts';
import { type Discovery, verifyIdToken } from '#lib/identity/oidc.ts';
import { equalText } from '#lib/identity/sealing.ts';

export interface OidcClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** Kept in the browser that began, sealed, until it comes back. */
export interface OidcSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Who the provider says it is. */
export interface OidcIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** Lower case. */
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name: string | null;
}

const timeoutMs = 5000;
const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  email: z.email().max(320).optional().catch(undefined),
  // Some providers say it as a text.
  email_verified: z
    .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })])
    .optional()
    .catch(undefined),
  name: z.string().trim().min(1).max(80).optional().catch(undefined),
});
type IdentityClaims = z.infer<typeof claimsSchema>;
const tokensSchema = z.object({ id_token: z.string(), access_token: z.string() });

export function toAuthorizationUrl(discovery: Discovery, client: OidcClient, { state, nonce, verifier }: OidcSecrets): URL {
  const { authorization_endpoint: authorizationUrl, token_endpoint: tokenUrl } = discovery;
  if (authorizationUrl === undefined || tokenUrl === undefined) throw failed('The provider does not say where to sign in.');
  const provider = createGenericProvider({ ...client, url: '', extra: () => '' }, { authorizationUrl, tokenUrl, pkce: true });
  const url = provider.authorizationUrl(state, verifier, ['openid', 'email', 'profile']);
  url.searchParams.set('nonce', nonce);
  return url;
}

/** Throws a 400 problem when the provider refuses the code or anything of the ID token does not hold. */
export async function redeemCode(
  discovery: Discovery,
  client: OidcClient,
  code: string,
  secrets: OidcSecrets,
  fetcher: typeof fetch,
): Promise<OidcIdentity> {
  const tokens = await exchange(discovery, client, code, secrets.verifier, fetcher);
  const rules = { issuers: [discovery.issuer], audiences: [client.clientId], jwksUri: discovery.jwks_uri };
  const payload = await verifyIdToken(tokens.id_token, rules, fetcher, Date.now());
  if (typeof payload.nonce !== 'string' || !equalText(payload.nonce, secrets.nonce)) throw failed('The nonce is another.');
  // A token for several must say that it was made for us.
  const { azp } = payload;
  if (azp === undefined ? Array.isArray(payload.aud) && payload.aud.length > 1 : azp !== client.clientId)
    throw failed('The token was made for another client.');
  const claims = claimsSchema.parse(payload);
  const told = claims.email === undefined ? await askUserInfo(discovery, tokens.access_token, claims, fetcher) : claims;
  return {
    issuer: discovery.issuer,
    subject: claims.sub,
    email: told.email?.normalize('NFC').toLowerCase() ?? null,
    emailVerified: told.email_verified === true,
    name: told.name ?? claims.name ?? null,
  };
}

async function exchange(
  discovery: Discovery,
  { clientId, clientSecret, redirectUri }: OidcClient,
  code: string,
  verifier: string,
  fetcher: typeof fetch,
): Promise<z.infer<typeof tokensSchema>> {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    client_id: clientId,
  });
  const headers = new Headers({ Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' });
  const methods = discovery.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  if (clientSecret !== '' && methods.includes('client_secret_basic')) {
    form.delete('client_id');
    const pair = [clientId, clientSecret].map((text) => new URLSearchParams({ x: text }).toString().slice(2)).join(':');
    headers.set('Authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  } else if (clientSecret !== '') form.set('client_secret', clientSecret);
  const answer = await ask(discovery.token_endpoint ?? '', { method: 'POST', headers, body: form }, fetcher);
  const tokens = tokensSchema.safeParse(answer);
  if (!tokens.success) throw failed('The provider gave no ID token.');
  return tokens.data;
}

/** The email may be told there alone; the subject must be that of the ID token. */
async function askUserInfo(
  discovery: Discovery,
  accessToken: string,
  claims: IdentityClaims,
  fetcher: typeof fetch,
): Promise<IdentityClaims> {
  const address = discovery.userinfo_endpoint;
  if (address === undefined) return claims;
  const headers = new Headers({ Accept: 'application/json', Authorization: `Bearer ${accessToken}` });
  const told = claimsSchema.safeParse(await ask(address, { headers }, fetcher));
  if (!told.success || told.data.sub !== claims.sub) throw failed('The provider speaks of somebody else.');
  return told.data;
}

async function ask(address: string, init: RequestInit, fetcher: typeof fetch): Promise<unknown> {
  try {
    const response = await fetcher(address, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    return await response.json();
  } catch (cause) {
    throw failed('The provider did not confirm the sign-in.', cause);
  }
}

function failed(message: string, cause?: unknown): Problem {
  return new Problem({ status: 400, code: 'sso_failed', message, ...(cause === undefined ? {} : { cause }) });
}
