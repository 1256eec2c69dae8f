/** Sealing small secrets at rest (AES-256-GCM) and hashing tokens: what a stolen file must not give away. */

import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256 in hex: how tokens of full entropy are stored. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** A keyed hash for what can be guessed, such as six-digit codes: useless without the key, which is not in the file. */
export function hashCode(key: Uint8Array, purpose: string, code: string): string {
  return createHmac('sha256', key).update(`${purpose}\0${code}`).digest('hex');
}

/** 32 random bytes, URL-safe. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares two texts in time that depends only on their lengths. */
export function equalText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** `purpose` separates uses of one key: what was sealed for one cannot be opened as another. */
export function seal(key: Uint8Array, purpose: string, plain: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', subkey(key, purpose), iv);
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Throws when the text was not sealed with this key for this purpose. */
export function unseal(key: Uint8Array, purpose: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', subkey(key, purpose), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
}

function subkey(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', purpose, 32));
}

/** What seals the mails of an environment under its key. */
export function mailSealOf(key: Uint8Array): {
  seal(name: string, plain: string): string;
  open(name: string, sealed: string): string;
} {
  return { seal: (name, plain) => seal(key, name, plain), open: (name, sealed) => unseal(key, name, sealed) };
}
