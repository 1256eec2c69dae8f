/** JSON Web Tokens: minting and verifying HS256, ES256 and RS256, synchronously, because every data request verifies one. */

import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';
import type { SigningKey } from '#lib/identity/environment.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** PostgREST's two codes: the token cannot be trusted (301), or its claims do not hold now (303). */
export type TokenRejection = { readonly ok: false; readonly code: 'PGRST301' | 'PGRST303'; readonly reason: string };
export type TokenResult = { readonly ok: true; readonly claims: Claims } | TokenRejection;

/** Clocks of issuer and verifier may differ by this much. */
const skewSeconds = 30;

const secretBytes = new WeakMap<SigningKey, Buffer>();
const publicKeys = new WeakMap<SigningKey, KeyObject>();
const privateKeys = new WeakMap<SigningKey, KeyObject>();

function remembered<K extends object, V>(cache: WeakMap<K, V>, key: K, make: () => V): V {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

/** Signs with the environment's current key. Throws when there is none that can sign. */
export function mintToken(claims: Claims, keys: readonly SigningKey[]): string {
  const key = keys.find((candidate) => candidate.status === 'current' && candidate.secret !== null);
  if (key === undefined || key.secret === null) throw new Error('The environment has no current signing key');
  const secret = key.secret;
  const header = { alg: key.algorithm, kid: key.kid, typ: 'JWT' };
  const content = `${encodePart(header)}.${encodePart(claims)}`;
  if (key.algorithm === 'HS256') {
    const bytes = remembered(secretBytes, key, () => Buffer.from(secret));
    return `${content}.${createHmac('sha256', bytes).update(content).digest('base64url')}`;
  }
  const privateKey = remembered(privateKeys, key, () => createPrivateKey({ key: JSON.parse(secret), format: 'jwk' }));
  return `${content}.${sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/**
 * Checks signature, algorithm and the time claims. A `kid` must name a known key of the token's own algorithm; without one
 * only HS256 keys are tried, so a public key never serves as a secret. Keys inside the token (`jwk`, `jku`, `x5u`) are ignored.
 */
export function verifyToken(token: string, keys: readonly SigningKey[], nowSeconds: number): TokenResult {
  if (token === '') return reject('PGRST301', 'Empty JWT is sent in Authorization header');
  const parts = token.split('.');
  if (parts.length !== 3) return reject('PGRST301', `Expected 3 parts in JWT; got ${parts.length}`);
  const [headerPart = '', payloadPart = '', signaturePart = ''] = parts;
  const header = decodePart(headerPart);
  if (header === null) return reject('PGRST301', "JWT couldn't be decoded");
  const algorithm = header.alg;
  if (algorithm !== 'HS256' && algorithm !== 'ES256' && algorithm !== 'RS256') {
    return reject('PGRST301', 'Wrong or unsupported encoding algorithm');
  }
  const { kid } = header;
  if ((kid !== undefined && typeof kid !== 'string') || header.crit !== undefined)
    return reject('PGRST301', "JWT couldn't be decoded");
  const candidates = keys.filter(
    (key) => key.algorithm === algorithm && (kid === undefined ? algorithm === 'HS256' : key.kid === kid),
  );
  if (candidates.length === 0) return reject('PGRST301', 'No suitable key or wrong key type');
  const signature = Buffer.from(signaturePart, 'base64url');
  // Decoders skip stray characters; the same bytes must not have two spellings.
  if (signature.toString('base64url') !== signaturePart) return reject('PGRST301', "JWT couldn't be decoded");
  const content = `${headerPart}.${payloadPart}`;
  if (!candidates.some((key) => signatureHolds(key, content, signature))) {
    return reject('PGRST301', 'JWT cryptographic operation failed');
  }
  const claims = decodePart(payloadPart);
  if (claims === null) return reject('PGRST301', "JWT couldn't be decoded");
  const problem = timeProblem(claims, nowSeconds);
  return problem === null ? { ok: true, claims } : reject('PGRST303', problem);
}

function signatureHolds(key: SigningKey, content: string, signature: Buffer): boolean {
  if (key.algorithm === 'HS256') {
    const { secret } = key;
    if (secret === null || secret === '') return false;
    const expected = createHmac(
      'sha256',
      remembered(secretBytes, key, () => Buffer.from(secret)),
    )
      .update(content)
      .digest();
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
  const { publicJwk } = key;
  if (publicJwk === null) return false;
  const publicKey = remembered(publicKeys, key, () => createPublicKey({ key: { ...publicJwk }, format: 'jwk' }));
  try {
    return verify('sha256', Buffer.from(content), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

function timeProblem(claims: Claims, nowSeconds: number): string | null {
  const { exp, nbf, iat } = claims;
  if (!isTime(exp)) return "The JWT 'exp' claim must be a number";
  if (nbf !== undefined && !isTime(nbf)) return "The JWT 'nbf' claim must be a number";
  if (iat !== undefined && !isTime(iat)) return "The JWT 'iat' claim must be a number";
  if (exp + skewSeconds <= nowSeconds) return 'JWT expired';
  if (nbf !== undefined && nbf > nowSeconds + skewSeconds) return 'JWT not yet valid';
  if (iat !== undefined && iat > nowSeconds + skewSeconds) return 'JWT issued at future';
  return null;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function encodePart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The header, unverified: which key to look for. Null for what is no token. */
export function readTokenHead(token: string): { readonly kid: string | undefined } | null {
  const parts = token.split('.');
  const header = parts.length === 3 ? decodePart(parts[0] ?? '') : null;
  return header === null ? null : { kid: typeof header.kid === 'string' ? header.kid : undefined };
}

function decodePart(part: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reject(code: TokenRejection['code'], reason: string): TokenRejection {
  return { ok: false, code, reason };
}
