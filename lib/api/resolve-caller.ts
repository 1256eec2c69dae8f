/** `apikey` and `Authorization` → Caller. Verified tokens are remembered; their expiry is checked on every hit. */

import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { anonymousCaller, type Caller, serviceCaller, toCaller } from '#lib/engine/caller.ts';
import type { HttpRequest } from '#lib/http/exchange.ts';
import { Problem } from '#lib/http/problem.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import { verifyToken } from '#lib/identity/jwt.ts';

interface Verified {
  readonly token: string;
  readonly caller: Caller;
  /** Unix seconds. */
  readonly expiresAt: number;
}

const maxTokens = 10_000;
/** Hashing a whole token for the look-up costs more than the rest of it: the end of its signature tells tokens apart. */
const lookUpLength = 43;
/** A record is replaced whenever a key changes, and its verified tokens go with it. */
const verified = new WeakMap<EnvironmentRecord, LRUCache<string, Verified>>();

/** Throws 401: for an unknown key in the gateway's words, for a bad token in PostgREST's (PGRST301, PGRST303). */
export function requireCaller(environment: EnvironmentRecord, request: HttpRequest, query: string): Caller {
  const apiKey = request.header('apikey') ?? findQueryKey(query);
  const token = toBearer(request.header('authorization'));
  const keyed = apiKey === null ? null : requireKey(environment, apiKey);
  if (keyed === null && environment.settings.api.requireApiKey) throw noKey();
  if (token === null || token === apiKey) return keyed ?? anonymousCaller;
  return token.startsWith('sb_') ? requireKey(environment, token) : requireToken(environment, token);
}

/** Who holds the `apikey` alone, for services that read the bearer token themselves. */
export function requireKeyHolder(environment: EnvironmentRecord, request: HttpRequest, query: string): Caller {
  const apiKey = request.header('apikey') ?? findQueryKey(query);
  if (apiKey !== null) return requireKey(environment, apiKey);
  if (environment.settings.api.requireApiKey) throw noKey();
  return anonymousCaller;
}

/** Every key and token a request brought, for whoever looks at refused ones. */
export function listPresented(request: HttpRequest, query: string): string[] {
  return [request.header('apikey'), findQueryKey(query), toBearer(request.header('authorization'))].filter((one) => one !== null);
}

function toBearer(header: string | null): string | null {
  if (header === null) return null;
  const scheme = header.slice(0, 7);
  return scheme === 'Bearer ' || scheme.toLowerCase() === 'bearer ' ? header.slice(7).trim() : null;
}

/** WebSockets and links cannot send headers. */
function findQueryKey(query: string): string | null {
  if (!query.includes('apikey=')) return null;
  return new URLSearchParams(query).get('apikey');
}

/** An opaque key or a legacy JWT one. */
function requireKey(environment: EnvironmentRecord, key: string): Caller {
  if (!key.startsWith('sb_')) {
    if (key.split('.').length !== 3) throw badKey();
    return requireToken(environment, key);
  }
  const role = environment.apiKeys.get(hashKey(key));
  if (role === undefined) throw badKey();
  return role === 'service_role' ? serviceCaller : anonymousCaller;
}

const hashes = new LRUCache<string, string>({ max: 1000 });

function hashKey(key: string): string {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const made = createHash('sha256').update(key).digest('hex');
  hashes.set(key, made);
  return made;
}

function requireToken(environment: EnvironmentRecord, token: string): Caller {
  const nowSeconds = Math.floor(Date.now() / 1000);
  let tokens = verified.get(environment);
  if (tokens === undefined) {
    tokens = new LRUCache({ max: maxTokens });
    verified.set(environment, tokens);
  }
  const place = token.slice(-lookUpLength);
  const known = tokens.get(place);
  if (known !== undefined && known.token === token && known.expiresAt > nowSeconds) return known.caller;
  const result = verifyToken(token, environment.signingKeys, nowSeconds);
  if (!result.ok) throw badToken(result.code, result.reason);
  const { role, exp } = result.claims;
  const caller = toCaller(typeof role === 'string' && role !== '' ? role : 'anon', { ...result.claims });
  tokens.set(place, { token, caller, expiresAt: typeof exp === 'number' ? exp : 0 });
  return caller;
}

function noKey(): Problem {
  return new Problem({
    status: 401,
    code: 'no_api_key',
    message: 'No API key found in request',
    hint: 'No `apikey` request header or url param was found.',
  });
}

function badKey(): Problem {
  return new Problem({
    status: 401,
    code: 'invalid_api_key',
    message: 'Invalid API key',
    hint: 'Double check your `anon` or `service_role` API key.',
  });
}

function badToken(code: string, reason: string): Problem {
  return new Problem({
    status: 401,
    code,
    message: reason,
    headers: ['WWW-Authenticate', `Bearer error="invalid_token", error_description="${reason.replaceAll('"', "'")}"`],
  });
}
