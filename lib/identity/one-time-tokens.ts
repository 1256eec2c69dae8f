/** The two secrets of a mail: a link token nobody can guess, and a short code a person can type. */

import { randomBytes, randomInt } from 'node:crypto';

/** 56 hex digits like GoTrue's; a link of a PKCE flow says so in its prefix. */
export function newLinkToken(pkce: boolean): string {
  return `${pkce ? 'pkce_' : ''}${randomBytes(28).toString('hex')}`;
}

export function isPkceToken(token: string): boolean {
  return token.startsWith('pkce_');
}

/** Decimal digits, evenly spread. */
export function newCode(length: number): string {
  return Array.from({ length }, () => randomInt(10)).join('');
}
