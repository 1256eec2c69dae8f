/** Time-based one-time passwords: SHA-1, six digits, 30 seconds, one step of tolerance, as authenticator apps expect. */

import { Secret, TOTP } from 'otpauth';
import { renderSVG } from 'uqr';

const period = 30;

export interface TotpEnrollment {
  /** Base32, 160 bits. */
  readonly secret: string;
  /** `otpauth://totp/…`. */
  readonly uri: string;
  /** The URI as a QR code, bare SVG. */
  readonly qrCode: string;
}

export function enrollTotp(issuer: string, account: string): TotpEnrollment {
  const secret = new Secret({ size: 20 });
  const uri = new TOTP({ issuer, label: account, algorithm: 'SHA1', digits: 6, period, secret }).toString();
  return { secret: secret.base32, uri, qrCode: renderSVG(uri) };
}

/** The time step the code belongs to, or null when it is wrong or its step is not after the last used one: no code works twice. */
export function findTotpStep(secret: string, code: string, lastUsedStep: number, nowMs: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = TOTP.validate({ token: code, secret: Secret.fromBase32(secret), digits: 6, period, timestamp: nowMs, window: 1 });
  if (delta === null) return null;
  const step = Math.floor(nowMs / 1000 / period) + delta;
  return step > lastUsedStep ? step : null;
}
