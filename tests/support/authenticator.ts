/** A security key in software: makes ES256 credentials with "none" attestation and signs assertions with them. */

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
}

export interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string;
}

export interface Authenticator {
  register(options: CreationOptions, origin: string): object;
  authenticate(options: RequestOptions, origin: string): object;
}

export function newAuthenticator(): Authenticator {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  let userHandle = '';
  let counter = 0;
  return {
    register(options, origin) {
      userHandle = options.user.id;
      const data = Buffer.concat([
        authenticatorData(options.rp.id ?? '', 0x45, ++counter),
        Buffer.alloc(16),
        Buffer.from([0, id.length]),
        id,
        coseKey(pair.publicKey),
      ]);
      const attestation = map([
        [text('fmt'), text('none')],
        [text('attStmt'), map([])],
        [text('authData'), bytes(data)],
      ]);
      const response = {
        clientDataJSON: clientData('webauthn.create', options.challenge, origin),
        attestationObject: base64(attestation),
        transports: ['internal'],
      };
      return { id: base64(id), rawId: base64(id), type: 'public-key', response, clientExtensionResults: {} };
    },
    authenticate(options, origin) {
      const data = authenticatorData(options.rpId ?? '', 0x05, ++counter);
      const clientDataJSON = clientData('webauthn.get', options.challenge, origin);
      const signed = Buffer.concat([data, createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()]);
      const signature = base64(sign('sha256', signed, pair.privateKey));
      const response = { clientDataJSON, authenticatorData: base64(data), signature, userHandle };
      return { id: base64(id), rawId: base64(id), type: 'public-key', response, clientExtensionResults: {} };
    },
  };
}

const base64 = (value: Buffer): string => value.toString('base64url');

function clientData(type: string, challenge: string, origin: string): string {
  return base64(Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })));
}

function authenticatorData(rpId: string, flags: number, counter: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), count]);
}

/** CBOR, as much of it as a credential needs. */
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
}
const text = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)]);
const bytes = (value: Buffer): Buffer => Buffer.concat([head(2, value.length), value]);
const integer = (value: number): Buffer => (value < 0 ? head(1, -1 - value) : head(0, value));
const map = (entries: [Buffer, Buffer][]): Buffer => Buffer.concat([head(5, entries.length), ...entries.flat()]);

function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return map([
    [integer(1), integer(2)],
    [integer(3), integer(-7)],
    [integer(-1), integer(1)],
    [integer(-2), bytes(Buffer.from(x, 'base64url'))],
    [integer(-3), bytes(Buffer.from(y, 'base64url'))],
  ]);
}
