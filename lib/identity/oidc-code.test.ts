/** What an ID token must hold after a code was redeemed, and where the email comes from. */

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { discover } from '#lib/identity/oidc.ts';
import { redeemCode, toAuthorizationUrl } from '#lib/identity/oidc-code.ts';

const issuer = 'https://idp.example';
const client = { clientId: 'our client', clientSecret: 'a secret:%', redirectUri: 'https://k.example/sso' };
const secrets = { state: 'the-state', nonce: 'the-nonce', verifier: 'v'.repeat(43) };

let pair: Awaited<ReturnType<typeof generateKeyPair>>;
let jwk: object;
let claims: Record<string, unknown>;
let userinfo: Record<string, unknown> | null;
let asked: { url: string; body: string; authorization: string | null }[];

beforeAll(async () => {
  pair = await generateKeyPair('ES256');
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' };
});
beforeEach(() => {
  const now = Math.floor(Date.now() / 1000);
  claims = { iss: issuer, aud: 'our client', sub: 'u1', iat: now, exp: now + 60, nonce: secrets.nonce };
  Object.assign(claims, { email: 'Ada@X.io', email_verified: true });
  userinfo = null;
  asked = [];
});

const provider: typeof fetch = async (input, init) => {
  const url = String(input);
  asked.push({ url, body: String(init?.body ?? ''), authorization: new Headers(init?.headers).get('authorization') });
  if (url.endsWith('/.well-known/openid-configuration')) {
    const at = (path: string) => `${issuer}${path}`;
    return Response.json({
      issuer,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      userinfo_endpoint: at('/userinfo'),
      jwks_uri: at('/jwks'),
    });
  }
  if (url.endsWith('/jwks')) return Response.json({ keys: [jwk] });
  if (url.endsWith('/userinfo')) return Response.json(userinfo ?? {});
  const idToken = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(pair.privateKey);
  return Response.json({ id_token: idToken, access_token: 'at' });
};

const redeem = async () => redeemCode(await discover(issuer, provider), client, 'the code', secrets, provider);

test('the code is redeemed with the verifier, the secret in the header as the specification encodes it', async () => {
  expect(await redeem()).toEqual({ issuer, subject: 'u1', email: 'ada@x.io', emailVerified: true, name: null });
  const exchange = asked.find(({ url }) => url.endsWith('/token'));
  expect(Object.fromEntries(new URLSearchParams(exchange?.body))).toEqual({
    grant_type: 'authorization_code',
    code: 'the code',
    redirect_uri: client.redirectUri,
    code_verifier: secrets.verifier,
  });
  expect(Buffer.from(exchange?.authorization?.slice(6) ?? '', 'base64').toString()).toBe('our+client:a+secret%3A%25');
  const url = toAuthorizationUrl(await discover(issuer, provider), client, secrets);
  expect(url.searchParams.get('nonce')).toBe('the-nonce');
});

test.each([
  ['another nonce', { nonce: 'another' }],
  ['no nonce', { nonce: undefined }],
  ['another client', { aud: 'another' }],
  ['made for another of several', { aud: ['our client', 'another'], azp: 'another' }],
  ['several and nobody named', { aud: ['our client', 'another'] }],
  ['another issuer', { iss: 'https://evil.example' }],
  ['expired', { exp: 1 }],
  ['no subject', { sub: undefined }],
])('refused: %s', async (_name, change) => {
  Object.assign(claims, change);
  await expect(redeem()).rejects.toMatchObject({ name: 'Problem' });
});

test('an email that only the user endpoint tells is taken from there, of the same subject', async () => {
  Object.assign(claims, { email: undefined, email_verified: undefined });
  userinfo = { sub: 'u1', email: 'ada@x.io', email_verified: 'true' };
  expect(await redeem()).toMatchObject({ email: 'ada@x.io', emailVerified: true });
  userinfo = { sub: 'u2', email: 'eve@x.io', email_verified: true };
  await expect(redeem()).rejects.toMatchObject({ code: 'sso_failed' });
});

test.each([undefined, false, 'false', 'yes', 1])('an email is not verified by %j', async (flag) => {
  claims.email_verified = flag;
  expect(await redeem()).toMatchObject({ emailVerified: false });
});
