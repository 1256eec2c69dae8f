/** A08: the ID-token grant against an issuer that signs locally: its own tokens sign in, everything forged signs in nobody. */

import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SupabaseClient } from '@supabase/supabase-js';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOutboundFetch } from '#lib/ports/outbound.ts';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../support/auth-environment.ts';
import { ask } from '../support/auth-http.ts';

interface Issuer {
  readonly url: string;
  /** How often somebody asked for its documents. */
  asked: number;
  sign(
    claims: Record<string, unknown>,
    options?: { issuer?: string; audience?: string; kid?: string; expires?: string },
  ): Promise<string>;
  close(): Promise<void>;
}

async function startIssuer(): Promise<Issuer> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = { keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' }] };
  let url = '';
  const server: Server = createServer((request, response) => {
    issuer.asked += 1;
    const found = request.url === '/jwks' ? keys : { issuer: url, jwks_uri: `${url}/jwks` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(found));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer: Issuer = {
    url,
    asked: 0,
    sign: (claims, { issuer: name = url, audience = 'app', kid = 'k1', expires = '5m' } = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid })
        .setIssuer(name)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(expires)
        .sign(pair.privateKey),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return issuer;
}

let trusted: Issuer;
let attacker: Issuer;
let environment: AuthEnvironment;
let client: SupabaseClient;

beforeAll(async () => {
  trusted = await startIssuer();
  attacker = await startIssuer();
});
afterAll(async () => {
  await trusted.close();
  await attacker.close();
});
beforeEach(async () => {
  const idp = { provider_type: 'oidc', identifier: 'idp', name: 'Local', client_id: 'app', issuer: trusted.url };
  environment = await openAuthEnvironment({
    ports: { fetch: createOutboundFetch(true) },
    settings: { custom_providers: [{ ...idp, acceptable_client_ids: ['ios-app'] }] },
  });
  client = connect(environment, environment.anonKey);
});
afterEach(() => environment.close());

const provider = 'custom:idp';
const claims = { sub: 'n1', email: 'n1@idp.example', email_verified: true, name: 'En' };
const count = () => environment.database.read((connection) => connection.value('SELECT count(*) FROM _koyalite_users'));

test.each(['app', 'ios-app'])('a token for %s signs in, the second time the same user', async (audience) => {
  const token = await trusted.sign(claims, { audience });
  const first = await client.auth.signInWithIdToken({ provider, token });
  expect(first.error).toBeNull();
  expect(first.data.user).toMatchObject({
    email: 'n1@idp.example',
    app_metadata: { provider: 'custom:idp' },
    user_metadata: { full_name: 'En' },
  });
  const again = await client.auth.signInWithIdToken({
    provider,
    token: await trusted.sign({ ...claims, email: 'new@idp.example' }),
  });
  expect(again.data.user?.id).toBe(first.data.user?.id);
  expect(count()).toBe(1);
});

test('a nonce must be on both sides and agree, plain or hashed; an access token must be the one meant', async () => {
  const grant = async (extra: object, options: object) =>
    (await client.auth.signInWithIdToken({ provider, token: await trusted.sign({ ...claims, ...extra }), ...options })).error
      ?.message;
  const hashed = createHash('sha256').update('once').digest('hex');
  expect(await grant({ nonce: hashed }, { nonce: 'once' })).toBeUndefined();
  expect(await grant({ nonce: 'once' }, { nonce: 'once' })).toBeUndefined();
  expect(await grant({ nonce: hashed }, { nonce: 'other' })).toBe('Nonces mismatch');
  expect(await grant({ nonce: hashed }, {})).toMatch(/should either both exist or not/);
  expect(await grant({}, { nonce: 'once' })).toMatch(/should either both exist or not/);
  const half = createHash('sha256').update('at').digest().subarray(0, 16).toString('base64url');
  expect(await grant({ at_hash: half }, { access_token: 'at' })).toBeUndefined();
  expect(await grant({ at_hash: half }, { access_token: 'stolen' })).toMatch(/at_hash/);
});

test("A08 an attacker's issuer, however it is named, makes no user and is never asked", async () => {
  attacker.asked = 0;
  const own = await attacker.sign(claims);
  const dressed = await attacker.sign(claims, { issuer: trusted.url });
  const grant = (body: Record<string, unknown>) => ask(environment, '/token?grant_type=id_token', { body });
  for (const body of [
    { id_token: own, provider },
    { id_token: dressed, provider },
    { id_token: own, provider: '' },
    { id_token: own, issuer: attacker.url },
    { id_token: own, provider: '', issuer: attacker.url },
    { id_token: own, provider: attacker.url, issuer: attacker.url },
    { id_token: own, provider, issuer: attacker.url },
    { id_token: own, provider: 'google', issuer: attacker.url },
    { id_token: own, provider: 'keycloak', issuer: attacker.url },
    { id_token: own, provider: 'custom:other' },
    { id_token: own, provider: '__proto__' },
  ]) {
    expect((await grant(body)).status, JSON.stringify(body)).toBe(400);
  }
  expect(count()).toBe(0);
  expect(attacker.asked).toBe(0);
});

test.each([
  ['another audience', { audience: 'another-app' }, 403],
  ['a key that was never published', { kid: 'k2' }, 400],
  ['a life that is over', { expires: '-5m' }, 400],
])('A08 a token with %s makes no user', async (_name, options, status) => {
  const { error } = await client.auth.signInWithIdToken({ provider, token: await trusted.sign(claims, options) });
  expect(error?.status).toBe(status);
  expect(count()).toBe(0);
});

test('A08 a token signed with nothing, or with the public key as a secret, makes no user', async () => {
  const payload = { ...claims, iss: trusted.url, aud: 'app', exp: Math.floor(Date.now() / 1000) + 300 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bare = `${part({ alg: 'none' })}.${part(payload)}.`;
  const hmac = await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(Buffer.alloc(32, 1));
  for (const token of [bare, hmac, 'x', 'x.y.z', `${part({ alg: 'ES256' })}.e30.`]) {
    expect((await client.auth.signInWithIdToken({ provider, token })).error?.status).toBe(400);
  }
  expect(count()).toBe(0);
});
