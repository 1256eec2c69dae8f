/** WebAuthn ceremonies for passkeys and security keys: options out, verified credentials in. */

import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';

/** Who asks: the site's domain, its name, and the origins its pages may have. */
export interface RelyingParty {
  readonly id: string;
  readonly name: string;
  readonly origins: readonly string[];
}

/** A credential as stored: JSON without secrets. */
export const storedCredentialSchema = z.object({
  id: z.string(),
  /** base64url, COSE. */
  publicKey: z.string(),
  counter: z.number(),
  transports: z.array(z.string()).default([]),
});
export type StoredCredential = z.infer<typeof storedCredentialSchema>;

const optional = z.string().optional();
/** Of the browser's answer only what is checked here; the rest is the authenticator's own. */
const registrationSchema = z.object({
  id: z.string(),
  rawId: z.string(),
  type: z.literal('public-key'),
  response: z.object({ clientDataJSON: z.string(), attestationObject: z.string(), transports: z.array(z.string()).optional() }),
});
const authenticationSchema = z.object({
  id: z.string(),
  rawId: z.string(),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: z.string(),
    authenticatorData: z.string(),
    signature: z.string(),
    userHandle: optional.nullable(),
  }),
});

export interface RegistrationRequest {
  readonly party: RelyingParty;
  readonly userId: string;
  readonly userName: string;
  readonly known: readonly StoredCredential[];
  /** A passkey is found by the browser without a user name; a security key need not be. */
  readonly discoverable: boolean;
}

export function registrationOptions({ party, userId, userName, known, discoverable }: RegistrationRequest) {
  return generateRegistrationOptions({
    rpName: party.name,
    rpID: party.id,
    userName,
    userDisplayName: userName,
    userID: new TextEncoder().encode(userId),
    attestationType: 'none',
    excludeCredentials: known.map(({ id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: discoverable ? 'required' : 'preferred', userVerification: 'preferred' },
  });
}

/** The new credential, or null when the answer does not hold. Never throws for what a client sent. */
export async function verifyRegistration(
  answer: unknown,
  challenge: string,
  party: RelyingParty,
): Promise<{ credential: StoredCredential; aaguid: string } | null> {
  const parsed = registrationSchema.safeParse(answer);
  if (!parsed.success) return null;
  const { response, ...rest } = parsed.data;
  const { transports, ...attestation } = response;
  const json: RegistrationResponseJSON = { ...rest, response: attestation, clientExtensionResults: {} };
  const verified = await settle(
    verifyRegistrationResponse({
      response: json,
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      requireUserVerification: false,
    }),
  );
  if (verified === null || !verified.verified) return null;
  const { credential, aaguid } = verified.registrationInfo;
  const publicKey = Buffer.from(credential.publicKey).toString('base64url');
  return { credential: { id: credential.id, publicKey, counter: credential.counter, transports: transports ?? [] }, aaguid };
}

/** With no credentials the browser offers whatever passkeys it has for the site. */
export function authenticationOptions(party: RelyingParty, known: readonly StoredCredential[]) {
  const allowed = known.map(({ id, transports }) => ({ id, transports }));
  return generateAuthenticationOptions({
    rpID: party.id,
    userVerification: 'preferred',
    ...(allowed.length === 0 ? {} : { allowCredentials: allowed }),
  });
}

/** The id of the credential an answer claims to be from; null when it is no answer. */
export function findCredentialId(answer: unknown): string | null {
  const parsed = authenticationSchema.safeParse(answer);
  return parsed.success ? parsed.data.id : null;
}

/** The credential with its new counter, or null when the answer does not hold. */
export async function verifyAuthentication(
  answer: unknown,
  challenge: string,
  party: RelyingParty,
  stored: StoredCredential,
): Promise<StoredCredential | null> {
  const parsed = authenticationSchema.safeParse(answer);
  if (!parsed.success || parsed.data.id !== stored.id) return null;
  const { response, ...rest } = parsed.data;
  const { userHandle, ...assertion } = response;
  const handle = userHandle === undefined || userHandle === null ? {} : { userHandle };
  const json: AuthenticationResponseJSON = { ...rest, response: { ...assertion, ...handle }, clientExtensionResults: {} };
  const verified = await settle(
    verifyAuthenticationResponse({
      response: json,
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      requireUserVerification: false,
      credential: {
        id: stored.id,
        publicKey: new Uint8Array(Buffer.from(stored.publicKey, 'base64url')),
        counter: stored.counter,
      },
    }),
  );
  return verified?.verified ? { ...stored, counter: verified.authenticationInfo.newCounter } : null;
}

/** The library throws for every way an answer can be wrong. */
async function settle<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch {
    return null;
  }
}
