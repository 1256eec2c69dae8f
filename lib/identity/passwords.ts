/** Operators' passwords: what is accepted, and the argon2id hash (19 MiB, two passes) computed off the event loop. */

import { Problem } from '#lib/http/problem.ts';
import { hashUserPassword, verifyUserPassword } from '#lib/identity/password-hashes.ts';

const minLength = 12;
const maxLength = 128;

/** 422 when a password is too short, too long or plain to guess. Every character counts; none is forbidden. */
export function parseNewPassword(password: string, email: string): string {
  const length = [...password].length;
  const weak = (message: string) => new Problem({ status: 422, code: 'weak_password', message });
  if (length < minLength) throw weak(`The password needs at least ${minLength} characters.`);
  if (length > maxLength) throw weak(`The password may have at most ${maxLength} characters.`);
  if (new Set(password).size < 5) throw weak('The password repeats too few characters.');
  if (password.toLowerCase() === email.toLowerCase()) throw weak('The password must not be the email address.');
  return password;
}

/** A PHC string. */
export function hashPassword(password: string): Promise<string> {
  return hashUserPassword(password);
}

/** Takes as long without a hash (unknown email) as with one, and says no. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  return (await verifyUserPassword(password, hash)).holds;
}
