/** What a case about one method of the auth client is made in: an environment of its own with a user who is signed in. */

import { generateKeyPairSync } from 'node:crypto';
import type { SupabaseClient } from '@supabase/supabase-js';
import { SignJWT } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { expect, vi } from 'vitest';
import { type AuthEnvironment, connect, openAuthEnvironment } from '../../support/auth-environment.ts';
import { type Authenticator, newAuthenticator } from '../../support/authenticator.ts';

export interface MethodCase {
  /** As an app writes it: `auth.mfa.enroll`. */
  readonly method: string;
  /** Calls the method and asserts what it gives. */
  check(world: World): Promise<void>;
  /** What is left out; `docs/docs/auth.md` says so too. */
  readonly difference?: string;
}

export interface World {
  readonly environment: AuthEnvironment;
  /** Signed in as `a@x.io`. */
  readonly client: SupabaseClient;
  readonly admin: SupabaseClient;
  readonly userId: string;
  /** A client of nobody, with options of its own. */
  connect(options?: object): SupabaseClient;
  /** A token of the identity provider `custom:idp`. */
  idToken(claims: Record<string, unknown>): Promise<string>;
}

export const site = 'https://app.example.com';
export const party = { rpId: 'app.example.com', rpOrigins: [site] };
export const credentials = { email: 'a@x.io', password: 'secret1' };

const issuer = 'https://idp.example';
const experimental = { experimental: { passkey: true, recoveryCodes: true } };
const idpKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The provider's two documents; nothing else is reached. */
const fetchFromIssuer: typeof fetch = async (input) => {
  const path = String(input).replace(issuer, '');
  if (path === '/jwks')
    return Response.json({ keys: [{ ...idpKeys.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256' }] });
  if (path === '/.well-known/openid-configuration') return Response.json({ issuer, jwks_uri: `${issuer}/jwks` });
  throw new Error(`Nothing is at ${path}`);
};

export async function openWorld(): Promise<World> {
  const environment = await openAuthEnvironment({
    ports: { fetch: fetchFromIssuer },
    settings: {
      mailer_autoconfirm: true,
      external_anonymous_users_enabled: true,
      external_google_enabled: true,
      external_google_client_id: 'app',
      external_google_secret: 'secret',
      custom_providers: [{ provider_type: 'oidc', identifier: 'idp', name: 'Local', client_id: 'app', issuer }],
      security_manual_linking_enabled: true,
      passkeys_enabled: true,
      mfa_web_authn_enroll_enabled: true,
      mfa_web_authn_verify_enabled: true,
    },
  });
  const client = connect(environment, environment.anonKey, experimental);
  const { data } = await client.auth.signUp(credentials);
  return {
    environment,
    client,
    admin: connect(environment, environment.serviceKey, experimental),
    userId: data.user?.id ?? '',
    connect: (options = {}) => connect(environment, environment.anonKey, { ...experimental, storageKey: 'other', ...options }),
    idToken: (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer(issuer)
        .setAudience('app')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(idpKeys.privateKey),
  };
}

interface Answer {
  readonly data: unknown;
  readonly error: unknown;
}
type DataOf<A extends Answer> = NonNullable<Extract<A, { error: null }>['data']>;

/** The data of an answer without an error. */
export function dataOf<A extends Answer>(answer: A): DataOf<A> {
  expect(answer.error).toBeNull();
  if (!hasData(answer)) throw new Error('The answer has no data');
  return answer.data;
}

function hasData<A extends Answer>(answer: A): answer is A & { data: DataOf<A> } {
  return answer.data !== null && answer.data !== undefined;
}

export const codeOf = (secret: string, ms: number): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: ms });

/** A verified authenticator app; the session is at aal2 afterwards. */
export async function enrollApp({ client, environment }: World): Promise<{ id: string; code(): string }> {
  const factor = dataOf(await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'app' }));
  const secret = factor.type === 'totp' ? factor.totp.secret : '';
  const code = () => codeOf(secret, environment.now());
  expect((await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: code() })).error).toBeNull();
  return { id: factor.id, code };
}

/** The part of a browser that the client's ceremonies use, with a security key plugged in. */
export async function withSecurityKey<Result>(
  run: () => Promise<Result>,
  key: Authenticator = newAuthenticator(),
): Promise<Result> {
  class PublicKeyCredential {
    static parseCreationOptionsFromJSON = (options: unknown) => options;
    static parseRequestOptionsFromJSON = (options: unknown) => options;
    readonly #json: object;
    constructor(json: object) {
      this.#json = json;
    }
    toJSON = () => this.#json;
  }
  vi.stubGlobal('PublicKeyCredential', PublicKeyCredential);
  vi.stubGlobal('window', { PublicKeyCredential });
  vi.stubGlobal('document', {});
  vi.stubGlobal('navigator', {
    credentials: {
      create: async ({ publicKey }: { publicKey: Parameters<Authenticator['register']>[0] }) =>
        new PublicKeyCredential(key.register(publicKey, site)),
      get: async ({ publicKey }: { publicKey: Parameters<Authenticator['authenticate']>[0] }) =>
        new PublicKeyCredential(key.authenticate(publicKey, site)),
    },
  });
  try {
    return await run();
  } finally {
    vi.unstubAllGlobals();
  }
}
