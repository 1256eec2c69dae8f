/** The signed-in operator's second factors. */

import { z } from 'zod';
import type { OperatorFactor } from '#generated/client.ts';
import {
  addPasskey,
  confirmTotp,
  listOwnFactors,
  removeFactor,
  renewRecoveryCodes,
  startPasskey,
  startTotp,
} from '#lib/control/operator-account.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { named } from '#lib/control/platform-api/schema-names.ts';

export const passkeyAnswer = z.object({ challenge_id: z.string(), credential: z.record(z.string(), z.unknown()) });

const passkeyJson = named(
  'Passkey',
  z.object({
    id: z.string(),
    name: z.string(),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable(),
  }),
);

const recoveryCodes = z.object({ recovery_codes: z.array(z.string()) });
export const byPassword = z.object({
  current_password: z
    .string()
    .min(1)
    .max(1024)
    .nullable()
    .default(null)
    .meta({ description: 'Left out by who has none: then the sign-in must be of just now' }),
});

function toPasskeyJson({ id, name, createdAt, lastUsedAt }: OperatorFactor): z.infer<typeof passkeyJson> {
  return { id, name, created_at: createdAt.toISOString(), last_used_at: lastUsedAt?.toISOString() ?? null };
}

export const factorRoutes = [
  route('GET', '/profile/factors', {
    id: 'listOwnFactors',
    summary: 'Which second factors one has',
    response: z.object({ totp: z.boolean(), passkeys: z.array(passkeyJson), recovery_codes_left: z.number() }),
    async handle({ context, actor }) {
      const { totp, passkeys, recoveryCodesLeft } = await listOwnFactors(context, actor);
      return { totp, passkeys: passkeys.map(toPasskeyJson), recovery_codes_left: recoveryCodesLeft };
    },
  }),
  route('POST', '/profile/totp', {
    id: 'startTotp',
    summary: 'Begin to set up an authenticator app',
    status: 201,
    body: byPassword,
    response: z.object({ secret: z.string(), uri: z.string(), qr_code: z.string().meta({ description: 'SVG' }) }),
    async handle({ context, actor, body }) {
      const { secret, uri, qrCode } = await startTotp(context, actor, body.current_password);
      return { secret, uri, qr_code: qrCode };
    },
  }),
  route('POST', '/profile/totp/confirm', {
    id: 'confirmTotp',
    summary: 'Finish it by a first code; the recovery codes are told this once',
    body: z.object({ code: z.string().regex(/^\d{6}$/) }),
    response: recoveryCodes,
    handle: async ({ context, actor, body }) => ({ recovery_codes: await confirmTotp(context, actor, body.code) }),
  }),
  route('DELETE', '/profile/totp', {
    id: 'removeTotp',
    summary: 'Remove the authenticator app',
    status: 204,
    body: byPassword,
    response: noContent,
    async handle({ context, actor, body }) {
      await removeFactor(context, actor, body.current_password, { kind: 'totp' });
      return null;
    },
  }),
  route('POST', '/profile/recovery-codes', {
    id: 'renewRecoveryCodes',
    summary: 'New recovery codes in place of the old ones',
    body: byPassword,
    response: recoveryCodes,
    handle: async ({ context, actor, body }) => ({
      recovery_codes: await renewRecoveryCodes(context, actor, body.current_password),
    }),
  }),
  route('POST', '/profile/passkeys/options', {
    id: 'startPasskey',
    summary: 'What the browser needs to make a passkey',
    body: byPassword,
    response: z.object({ challenge_id: z.string(), options: z.unknown() }),
    handle: ({ context, operators, actor, body }) => startPasskey(context, operators.factors, actor, body.current_password),
  }),
  route('POST', '/profile/passkeys', {
    id: 'addPasskey',
    summary: 'Keep the passkey the browser made',
    status: 201,
    body: passkeyAnswer.extend({ name: z.string().trim().min(1).max(60).default('Passkey') }),
    response: passkeyJson.extend({
      recovery_codes: z.array(z.string()).meta({ description: 'For who had none: told this once' }),
    }),
    async handle({ context, operators, actor, body }) {
      const { factor, recoveryCodes } = await addPasskey(context, operators.factors, actor, body.name, body);
      return { ...toPasskeyJson(factor), recovery_codes: recoveryCodes };
    },
  }),
  route('DELETE', '/profile/passkeys/{id}', {
    id: 'removePasskey',
    summary: 'Remove a passkey',
    status: 204,
    params: z.object({ id: z.string() }),
    body: byPassword,
    response: noContent,
    async handle({ context, actor, params, body }) {
      await removeFactor(context, actor, body.current_password, { kind: 'passkey', id: params.id });
      return null;
    },
  }),
];
