/** What a password thread computes: argon2id for new hashes, and whatever hash an import brought. Synchronous, a thread having nothing else to do. */

import { createCipheriv, scryptSync, timingSafeEqual } from 'node:crypto';
import { hashSync, verifySync } from '@node-rs/argon2';
import { verifySync as verifyBcrypt } from '@node-rs/bcrypt';

export interface PasswordCheck {
  readonly holds: boolean;
  /** The stored hash is of an older kind: store a new one now that the password is known. */
  readonly rehash: boolean;
}

/** The same characters typed on two keyboards must be the same password. */
const normalise = (password: string): string => password.normalize('NFC');

/** An argon2id PHC string. */
export function hash(password: string): string {
  return hashSync(normalise(password));
}

let dummy: string | null = null;

/** With no stored hash it spends the same time on a dummy one and says no. */
export function check({ password, stored }: { password: string; stored: string | null }): PasswordCheck {
  if (stored === null || stored === '') {
    dummy ??= hashSync('no user has this password');
    verifySync(dummy, normalise(password));
    return { holds: false, rehash: false };
  }
  const kind = hashKind(stored);
  if (kind === 'argon2') {
    return { holds: verifySync(stored, normalise(password)), rehash: isWeakerArgon2(stored) };
  }
  if (kind === 'bcrypt') return { holds: verifyBcrypt(password, stored), rehash: true };
  if (kind === 'scrypt') return { holds: verifyScrypt(password, stored), rehash: true };
  if (kind === 'firebase') return { holds: verifyFirebase(password, stored), rehash: true };
  return { holds: false, rehash: false };
}

const scryptPattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;
const firebasePattern =
  /^\$fbscrypt\$v=1,n=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})(?:,ss=([A-Za-z0-9+/=]+))?(?:,sk=([A-Za-z0-9+/=]+))\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

/** How a stored hash was made, or null when it is none we can check at a bounded price. */
export function hashKind(hash: string): 'argon2' | 'bcrypt' | 'scrypt' | 'firebase' | null {
  if (boundedArgon2(hash)) return 'argon2';
  if (/^\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}$/.test(hash)) return 'bcrypt';
  if (boundedCost(scryptPattern.exec(hash))) return 'scrypt';
  if (boundedCost(firebasePattern.exec(hash))) return 'firebase';
  return null;
}

/** What `hash` makes by default. */
const [argon2MemoryKib, argon2Passes] = [19_456, 2];
const argon2Pattern = /^\$argon2(id|i|d)\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/;

/** Up to 256 MiB, sixteen passes and lanes. */
function boundedArgon2(hash: string): boolean {
  const match = argon2Pattern.exec(hash);
  return match !== null && Number(match[2]) <= 262_144 && Number(match[3]) <= 16 && Number(match[4]) <= 16;
}

/** Than what we make ourselves. */
function isWeakerArgon2(hash: string): boolean {
  const [, kind, memory, passes] = argon2Pattern.exec(hash) ?? [];
  return kind !== 'id' || Number(memory) < argon2MemoryKib || Number(passes) < argon2Passes;
}

/** An imported hash must not name a price that stalls the server. */
function boundedCost(match: RegExpExecArray | null): boolean {
  return match !== null && Number(match[1]) >= 1 && Number(match[1]) <= 18 && Number(match[2]) <= 16 && Number(match[3]) <= 4;
}

function scryptOptions(log2N: string, r: string, p: string): object {
  const cost = 2 ** Number(log2N);
  return { N: cost, r: Number(r), p: Number(p), maxmem: 256 * cost * Number(r) + (1 << 20) };
}

function verifyScrypt(password: string, stored: string): boolean {
  const match = scryptPattern.exec(stored);
  if (match === null) return false;
  const [, n = '', r = '', p = '', salt = '', hash = ''] = match;
  const expected = Buffer.from(hash, 'base64');
  const derived = scryptSync(password, Buffer.from(salt, 'base64'), expected.length, scryptOptions(n, r, p));
  return timingSafeEqual(derived, expected);
}

/** Firebase encrypts its signer key with the derived key and stores the ciphertext. */
function verifyFirebase(password: string, stored: string): boolean {
  const match = firebasePattern.exec(stored);
  if (match === null) return false;
  const [, n = '', r = '', p = '', separator = '', signer = '', salt = '', hash = ''] = match;
  const salted = Buffer.concat([Buffer.from(salt, 'base64'), Buffer.from(separator, 'base64')]);
  const key = scryptSync(password, salted, 32, scryptOptions(n, r, p));
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const sealed = Buffer.concat([cipher.update(Buffer.from(signer, 'base64')), cipher.final()]);
  const expected = Buffer.from(hash, 'base64');
  return sealed.length === expected.length && timingSafeEqual(sealed, expected);
}
