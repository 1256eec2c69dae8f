/** Passwords of end users: argon2id for new ones, and whatever hash an import brought, all computed off the event loop. */

import { createCipheriv, scrypt, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { hash as hashPassword, verify as verifyPassword } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { createSlots } from '#lib/identity/work-slots.ts';
import { remember } from '#lib/remember.ts';

export interface PasswordCheck {
  readonly holds: boolean;
  /** The stored hash is of an older kind: store a new one now that the password is known. */
  readonly rehash: boolean;
}

const deriveScrypt: (password: string, salt: Buffer, bytes: number, options: object) => Promise<Buffer> = promisify(scrypt);

/** The same characters typed on two keyboards must be the same password. */
const normalise = (password: string): string => password.normalize('NFC');

/** One processor is left to data requests, and threads to file access; each hash holds 19 MiB while it runs. */
const inTurn = remember('identity.password-slots', () => createSlots(Math.min(4, Math.max(1, availableParallelism() - 1)), 500));

export function hashUserPassword(password: string): Promise<string> {
  return inTurn(() => hashPassword(normalise(password)));
}

let dummy: Promise<string> | null = null;

/** Checks a password. With no stored hash it spends the same time on a dummy one and says no. */
export function verifyUserPassword(password: string, stored: string | null): Promise<PasswordCheck> {
  return inTurn(() => check(password, stored));
}

async function check(password: string, stored: string | null): Promise<PasswordCheck> {
  if (stored === null || stored === '') {
    dummy ??= hashPassword('no user has this password');
    await verifyPassword(await dummy, normalise(password));
    return { holds: false, rehash: false };
  }
  const kind = hashKind(stored);
  if (kind === 'argon2') {
    return { holds: await verifyPassword(stored, normalise(password)), rehash: !stored.startsWith('$argon2id$') };
  }
  if (kind === 'bcrypt') return { holds: await verifyBcrypt(password, stored), rehash: true };
  if (kind === 'scrypt') return { holds: await verifyScrypt(password, stored), rehash: true };
  if (kind === 'firebase') return { holds: await verifyFirebase(password, stored), rehash: true };
  return { holds: false, rehash: false };
}

/** Whether an imported hash is one we can check. */
export function isKnownHash(hash: string): boolean {
  return hashKind(hash) !== null;
}

const scryptPattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;
const firebasePattern =
  /^\$fbscrypt\$v=1,n=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})(?:,ss=([A-Za-z0-9+/=]+))?(?:,sk=([A-Za-z0-9+/=]+))\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

function hashKind(hash: string): 'argon2' | 'bcrypt' | 'scrypt' | 'firebase' | null {
  if (/^\$argon2(id|i|d)\$v=19\$m=\d{1,7},t=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/.test(hash)) return 'argon2';
  if (/^\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}$/.test(hash)) return 'bcrypt';
  if (boundedCost(scryptPattern.exec(hash))) return 'scrypt';
  if (boundedCost(firebasePattern.exec(hash))) return 'firebase';
  return null;
}

/** An imported hash must not name a price that stalls the server. */
function boundedCost(match: RegExpExecArray | null): boolean {
  return match !== null && Number(match[1]) >= 1 && Number(match[1]) <= 18 && Number(match[2]) <= 16 && Number(match[3]) <= 4;
}

function scryptOptions(log2N: string, r: string, p: string): object {
  const cost = 2 ** Number(log2N);
  return { N: cost, r: Number(r), p: Number(p), maxmem: 256 * cost * Number(r) + (1 << 20) };
}

async function verifyScrypt(password: string, stored: string): Promise<boolean> {
  const match = scryptPattern.exec(stored);
  if (match === null) return false;
  const [, n = '', r = '', p = '', salt = '', hash = ''] = match;
  const expected = Buffer.from(hash, 'base64');
  const derived = await deriveScrypt(password, Buffer.from(salt, 'base64'), expected.length, scryptOptions(n, r, p));
  return timingSafeEqual(derived, expected);
}

/** Firebase encrypts its signer key with the derived key and stores the ciphertext. */
async function verifyFirebase(password: string, stored: string): Promise<boolean> {
  const match = firebasePattern.exec(stored);
  if (match === null) return false;
  const [, n = '', r = '', p = '', separator = '', signer = '', salt = '', hash = ''] = match;
  const salted = Buffer.concat([Buffer.from(salt, 'base64'), Buffer.from(separator, 'base64')]);
  const key = await deriveScrypt(password, salted, 32, scryptOptions(n, r, p));
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const sealed = Buffer.concat([cipher.update(Buffer.from(signer, 'base64')), cipher.final()]);
  const expected = Buffer.from(hash, 'base64');
  return sealed.length === expected.length && timingSafeEqual(sealed, expected);
}
