/** OpenID Connect: discovery and ID tokens, checked against the issuer's published keys. */

import { createHash } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { Problem } from '#lib/http/problem.ts';
import { remember } from '#lib/remember.ts';

const discoverySchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url().optional(),
  token_endpoint: z.url().optional(),
  userinfo_endpoint: z.url().optional(),
  jwks_uri: z.url(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});
export type Discovery = z.infer<typeof discoverySchema>;

const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

interface Cached {
  readonly value: unknown;
  readonly fetchedMs: number;
}
const documents = remember('identity.oidc-documents', () => new Map<string, Cached>());
const freshMs = 600_000;
/** An unknown key may be a new one: the set is asked again, but not by every forged token. */
const refetchMs = 30_000;
const timeoutMs = 5000;
const maxDocuments = 1000;

/** `at`: where the document is, when not below the issuer; it must be this issuer's all the same. */
export async function discover(issuer: string, fetcher: typeof fetch, at?: string): Promise<Discovery> {
  const document = await load(at ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, fetcher, freshMs);
  const parsed = discoverySchema.safeParse(document);
  if (!parsed.success || !issuerMatches(parsed.data.issuer, issuer)) throw unreachable(issuer);
  return parsed.data;
}

/** Microsoft publishes one document for all tenants, with a placeholder in its issuer. */
function issuerMatches(published: string, wanted: string): boolean {
  return published.replace(/\/$/, '') === wanted.replace(/\/$/, '') || published.includes('{tenantid}');
}

export interface IdTokenRules {
  /** Issuers the token may name. */
  readonly issuers: readonly string[] | RegExp;
  readonly audiences: readonly string[];
  readonly jwksUri: string;
}

/** Throws the same 400 for what is no token at all, before anything is fetched for it. */
export function requireTokenForm(token: string): void {
  try {
    decodeProtectedHeader(token);
    decodeJwt(token);
  } catch (cause) {
    throw badToken(cause);
  }
}

/** The claims of a token that holds. Throws a 400 problem; `unexpected_audience` when only the audience is wrong. */
export async function verifyIdToken(
  token: string,
  rules: IdTokenRules,
  fetcher: typeof fetch,
  nowMs: number,
): Promise<JWTPayload> {
  const options = {
    algorithms: ['RS256', 'ES256', 'PS256', 'RS384', 'RS512', 'ES384', 'ES512', 'EdDSA'],
    currentDate: new Date(nowMs),
    clockTolerance: 30,
    requiredClaims: ['iss', 'aud', 'exp', 'sub'],
  };
  let payload: JWTPayload;
  try {
    payload = (await jwtVerify(token, createLocalJWKSet(await loadKeys(rules.jwksUri, fetcher, freshMs)), options)).payload;
  } catch (first) {
    if (!isMissingKey(first)) throw badToken(first);
    try {
      payload = (await jwtVerify(token, createLocalJWKSet(await loadKeys(rules.jwksUri, fetcher, refetchMs)), options)).payload;
    } catch (second) {
      throw badToken(second);
    }
  }
  const { issuers } = rules;
  const issuer = payload.iss ?? '';
  if (issuers instanceof RegExp ? !issuers.test(issuer) : !issuers.includes(issuer))
    throw badToken(new Error(`unexpected issuer ${issuer}`));
  const audiences = [payload.aud ?? []].flat();
  if (!audiences.some((audience) => rules.audiences.includes(audience))) {
    throw new Problem({ status: 403, code: 'unexpected_audience', message: 'Unacceptable audience in id_token' });
  }
  return payload;
}

/** Whether an ID token's `nonce` is the one the client started with, plain or as its SHA-256. */
export function nonceHolds(claim: unknown, nonce: string): boolean {
  return claim === nonce || claim === createHash('sha256').update(nonce).digest('hex');
}

async function loadKeys(uri: string, fetcher: typeof fetch, maxAgeMs: number): Promise<JSONWebKeySet> {
  const parsed = keySetSchema.safeParse(await load(uri, fetcher, maxAgeMs));
  if (!parsed.success) throw unreachable(uri);
  return parsed.data;
}

async function load(uri: string, fetcher: typeof fetch, maxAgeMs: number): Promise<unknown> {
  const known = documents.get(uri);
  if (known !== undefined && Date.now() - known.fetchedMs < maxAgeMs) return known.value;
  try {
    const response = await fetcher(uri, {
      headers: { Accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`${uri} answered ${response.status}`);
    const value: unknown = await response.json();
    if (documents.size >= maxDocuments) documents.clear();
    documents.set(uri, { value, fetchedMs: Date.now() });
    return value;
  } catch (cause) {
    throw unreachable(uri, cause);
  }
}

function isMissingKey(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_JWKS_NO_MATCHING_KEY';
}

function badToken(cause: unknown): Problem {
  return new Problem({ status: 400, code: 'validation_failed', message: 'Bad ID token', cause });
}

function unreachable(what: string, cause?: unknown): Problem {
  return new Problem({
    status: 400,
    code: 'validation_failed',
    message: `OpenID Connect issuer is not reachable`,
    cause: cause ?? what,
  });
}
