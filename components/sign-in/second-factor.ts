/** What the server asks for when a password alone does not sign in. */

import { z } from 'zod';
import type { PasskeyChallenge } from '#components/platform/passkey.ts';
import { PlatformError } from '#components/platform/platform-error.ts';

const offerSchema = z.object({
  methods: z.array(z.string()).default([]),
  passkey: z.object({ challenge_id: z.string(), options: z.unknown() }).nullish(),
});

export interface SecondFactorOffer {
  /** Whether six digits or a recovery code are taken. */
  code: boolean;
  /** Whether there is an authenticator app. */
  app: boolean;
  passkey: PasskeyChallenge | null;
  /** Whether something was answered already, and was wrong. */
  wrong: boolean;
}

/** Null when the error is about something else. */
export function findOffer(error: unknown): SecondFactorOffer | null {
  if (!(error instanceof PlatformError)) return null;
  if (error.code !== 'mfa_required' && error.code !== 'invalid_second_factor') return null;
  const offer = offerSchema.safeParse(error.details).data;
  return {
    code: offer === undefined || offer.methods.some((method) => method !== 'passkey'),
    app: offer === undefined || offer.methods.includes('totp'),
    passkey: offer?.passkey ?? null,
    wrong: error.code === 'invalid_second_factor',
  };
}
