/** Digests, encodings and random values as SQL functions. */

import { createHash, createHmac, getHashes, randomBytes, randomUUID } from 'node:crypto';
import { define, defineVolatile, type NonNull, type Registrar, toInteger, toText } from '#lib/engine/functions/define.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export function registerCrypto(db: Registrar): void {
  define(db, 'md5', [1], (value = '') => createHash('md5').update(toBytes(value)).digest('hex'));
  for (const name of ['sha224', 'sha256', 'sha384', 'sha512']) {
    define(db, name, [1], (value = '') => createHash(name).update(toBytes(value)).digest());
  }
  define(db, 'digest', [2], (value = '', algorithm = '') => {
    const name = toText(algorithm).toLowerCase();
    return hashes.has(name) ? createHash(name).update(toBytes(value)).digest() : null;
  });
  define(db, 'hmac', [3], (value = '', key = '', algorithm = '') => {
    const name = toText(algorithm).toLowerCase();
    return hashes.has(name) ? createHmac(name, toBytes(key)).update(toBytes(value)).digest() : null;
  });
  define(db, 'encode', [2], (value = '', format = '') => encode(Buffer.from(toBytes(value)), toText(format).toLowerCase()));
  define(db, 'decode', [2], (text = '', format = '') => decode(toText(text), toText(format).toLowerCase()));
  defineVolatile(db, 'gen_random_uuid', [0], () => randomUUID());
  defineVolatile(db, 'gen_random_bytes', [1], (count) =>
    count === null || count === undefined ? null : randomBytes(Math.max(1, Math.min(toInteger(count), 1024))),
  );
}

const hashes = new Set(getHashes().filter((name) => /^(?:md5|sha1|sha224|sha256|sha384|sha512)$/.test(name)));

function toBytes(value: NonNull): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(toText(value));
}

function encode(bytes: Buffer, format: string): SqlValue {
  if (format === 'hex') return bytes.toString('hex');
  // PostgreSQL breaks base64 after 76 characters.
  if (format === 'base64') return bytes.toString('base64').replace(/.{76}(?=.)/g, '$&\n');
  if (format !== 'escape') return null;
  return Array.from(bytes, (byte) =>
    byte === 92 ? '\\\\' : byte === 0 || byte > 127 ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte),
  ).join('');
}

/** NULL for text that is not of the format. */
function decode(text: string, format: string): SqlValue {
  const bare = text.replace(/\s/g, '');
  if (format === 'hex') return /^(?:[\da-f]{2})*$/i.test(bare) ? Buffer.from(bare, 'hex') : null;
  if (format === 'base64') return /^[a-z\d+/]*={0,2}$/i.test(bare) && bare.length % 4 === 0 ? Buffer.from(bare, 'base64') : null;
  return null;
}
