/** Opaque API keys: `sb_publishable_<22 base62>_<8 checksum>` and `sb_secret_…`. */

import { createHash, randomInt } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export type OpaqueKeyType = 'publishable' | 'secret';

/** A new key with 131 bits of chance. */
export function makeOpaqueKey(type: OpaqueKeyType): string {
  const random = Array.from({ length: 22 }, () => alphabet[randomInt(62)]).join('');
  const body = `sb_${type}_${random}`;
  return `${body}_${toChecksum(body)}`;
}

/** Whether a text is a key this platform could have made: tells a typo from a revoked key, and lets scanners find leaks. */
export function isOpaqueKey(text: string): boolean {
  const match = /^(sb_(?:publishable|secret)_[0-9A-Za-z]{22})_([0-9A-Za-z]{8})$/.exec(text);
  return match !== null && match[2] === toChecksum(match[1] ?? '');
}

/** What is kept and looked up instead of the key. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function toChecksum(body: string): string {
  let number = BigInt(`0x${hashKey(body)}`);
  let checksum = '';
  for (let length = 0; length < 8; length++) {
    checksum += alphabet[Number(number % 62n)];
    number /= 62n;
  }
  return checksum;
}
