/** Making and using a passkey with what the browser itself offers. */

import { PlatformError } from '#components/platform/platform-error.ts';

export interface PasskeyAnswer {
  challenge_id: string;
  /** As the browser gave it. */
  credential: object;
}

export interface PasskeyChallenge {
  challenge_id: string;
  options: unknown;
}

function refused(message: string): PlatformError {
  return new PlatformError({ status: 400, code: 'passkey_refused', message, hint: null });
}

/** Whether this browser can, and the address is one where it may. */
export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential === 'function' && typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function';
}

export async function makePasskey({ challenge_id, options }: PasskeyChallenge): Promise<PasskeyAnswer> {
  return { challenge_id, credential: await toJson(() => create(options)) };
}

export async function answerByPasskey({ challenge_id, options }: PasskeyChallenge): Promise<PasskeyAnswer> {
  return { challenge_id, credential: await toJson(() => get(options)) };
}

// The options were made for the browser by the server's own WebAuthn library: the browser checks their shape.
function create(options: unknown) {
  return navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON),
  });
}

function get(options: unknown) {
  return navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON),
  });
}

async function toJson(ask: () => Promise<Credential | null>): Promise<object> {
  if (!hasPasskeys()) throw refused('This browser has no passkeys here.');
  const credential = await ask().catch(() => null);
  if (!(credential instanceof PublicKeyCredential)) throw refused('The passkey was not used.');
  const json: unknown = credential.toJSON();
  if (typeof json === 'object' && json !== null) return json;
  throw refused('The browser gave no answer.');
}
