/** What a new password must be. */

import type { Problem } from '#lib/http/problem.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

/** bcrypt reads no further, and imported hashes are bcrypt's: a longer password would seem to work with its end cut off. */
const maxLength = 72;

/** Throws 400 for what cannot be a password, 422 `weak_password` for one that is too easy. */
export async function checkNewPassword(context: AuthContext, password: string): Promise<void> {
  if (password.length > maxLength || Buffer.byteLength(password) > 4 * maxLength) {
    throw validationFailed(`Password cannot be longer than ${maxLength} characters`);
  }
  const weakness = await findWeakness(context, password);
  if (weakness !== null) throw weakness;
}

/** The `weak_password` problem of a password, or null. */
export async function findWeakness(context: AuthContext, password: string): Promise<Problem | null> {
  const settings = authSettingsOf(context.environment);
  const reasons: string[] = [];
  const messages: string[] = [];
  if ([...password].length < settings.password_min_length) {
    reasons.push('length');
    messages.push(`Password should be at least ${settings.password_min_length} characters.`);
  }
  const sets = settings.password_required_characters.split(':').filter((set) => set !== '');
  if (!sets.every((set) => [...set].some((character) => password.includes(character)))) {
    reasons.push('characters');
    messages.push(`Password should contain at least one character of each: ${sets.join(', ')}.`);
  }
  const mode = settings.password_breach_check;
  if (mode !== 'off' && (await context.ports.breachedPasswords.isBreached(password, mode))) {
    reasons.push('pwned');
    messages.push('Password is known to be weak and easy to guess, please choose a different one.');
  }
  return reasons.length === 0 ? null : authError(422, 'weak_password', messages.join(' '), { reasons });
}
