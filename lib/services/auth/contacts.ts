/** Email addresses and phone numbers as they come in: one spelling each, or a 400. */

import { validationFailed } from '#lib/services/auth/auth-error.ts';
import type { UserContact } from '#lib/services/auth/users.ts';

const addressPattern =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Lower-cased. Throws 400 for what is no address. */
export function parseEmail(email: string): string {
  const lower = email.trim().toLowerCase();
  if (lower.length > 255 || !addressPattern.test(lower))
    throw validationFailed('Unable to validate email address: invalid format');
  return lower;
}

/** Digits only, as GoTrue stores E.164 numbers. Throws 400 for anything else. */
export function parsePhone(phone: string): string {
  const digits = phone.replace(/^\+/, '').replaceAll(' ', '');
  if (!/^[1-9]\d{1,14}$/.test(digits)) throw validationFailed('Invalid phone number format (E.164 required)');
  return digits;
}

/** Exactly one of the two must be given. */
export function parseContact(body: { email: string; phone: string }, both: string): UserContact {
  if (body.email !== '' && body.phone !== '') throw validationFailed(both);
  if (body.email !== '') return { email: parseEmail(body.email) };
  if (body.phone !== '') return { phone: parsePhone(body.phone) };
  throw validationFailed('One of email or phone must be set');
}

export function contactText(contact: UserContact): string {
  return 'email' in contact ? contact.email : contact.phone;
}
