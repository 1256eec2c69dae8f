/** What a browser carries between the steps of a sign-in through the provider: one sealed cookie, bound to nothing but itself. */

import { z } from 'zod';
import type { ControlContext } from '#lib/control/control-context.ts';
import { findCookie, toSetCookie } from '#lib/control/operator-sessions.ts';
import { randomToken } from '#lib/identity/sealing.ts';

const identity = z.object({
  issuer: z.string(),
  subject: z.string(),
  email: z.string(),
  name: z.string().nullable(),
});

const stepSchema = z.discriminatedUnion('kind', [
  z.object({
    /** On the way to the provider and back. */
    kind: z.literal('sent'),
    state: z.string(),
    nonce: z.string(),
    verifier: z.string(),
    redirectUri: z.string(),
    /** Where in the dashboard to go afterwards. */
    next: z.string(),
  }),
  z.object({
    /** The provider has vouched; the account's password, or a second factor, is still to come. */
    kind: z.literal('vouched'),
    identity,
    next: z.string(),
    /** Milliseconds; no further step prolongs it. */
    endsAt: z.number(),
  }),
]);
export type SsoStep = z.infer<typeof stepSchema>;
export type SentStep = Extract<SsoStep, { kind: 'sent' }>;
export type VouchedStep = Extract<SsoStep, { kind: 'vouched' }>;

const envelopeSchema = z.object({ id: z.string(), endsAt: z.number(), step: stepSchema });

/** The way to the provider and back, a form there filled in between. */
const lifeSeconds = 600;
const cookieName = 'sso';
const purpose = 'operator-sso';

export interface SsoFlows {
  /** A `Set-Cookie` value. */
  keep(step: SsoStep): string;
  /** Null when there is none, it is too old, or it was used up. */
  find(cookieHeader: string | null): { id: string; step: SsoStep } | null;
  /** Works no second time, whoever has copied it. */
  spend(id: string): void;
  readonly clear: string;
}

const maxUsed = 100_000;

export function makeSsoFlows(context: ControlContext): SsoFlows {
  const { masterKey } = context;
  const used = new Map<string, number>();
  return {
    keep(step) {
      const endsAt = step.kind === 'vouched' ? step.endsAt : Date.now() + lifeSeconds * 1000;
      const envelope = { id: randomToken(), endsAt, step };
      return toSetCookie(context, cookieName, masterKey.seal(purpose, JSON.stringify(envelope), cookieName), lifeSeconds);
    },
    find(header) {
      const sealed = findCookie(context, header, cookieName);
      const envelope = sealed === null ? null : open(context, sealed);
      if (envelope === null || envelope.endsAt <= Date.now() || used.has(envelope.id)) return null;
      return { id: envelope.id, step: envelope.step };
    },
    spend(id) {
      const now = Date.now();
      for (const [old, endsAt] of used) {
        if (endsAt > now && used.size < maxUsed) break;
        used.delete(old);
      }
      used.set(id, now + lifeSeconds * 1000);
    },
    clear: toSetCookie(context, cookieName, '', 0),
  };
}

function open({ masterKey }: ControlContext, sealed: string): z.infer<typeof envelopeSchema> | null {
  try {
    return envelopeSchema.parse(JSON.parse(masterKey.unseal(purpose, sealed, cookieName)));
  } catch {
    return null;
  }
}
