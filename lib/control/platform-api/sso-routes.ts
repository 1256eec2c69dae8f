/** Ways in besides the password: the organisation's provider, and a mailed link for who forgot it. */

import { z } from 'zod';
import { findTransport, instanceMail } from '#lib/control/instance-mail.ts';
import { instanceSignIn } from '#lib/control/instance-sign-in.ts';
import { noContent, route } from '#lib/control/platform-api/api-route.ts';
import { passkeyAnswer } from '#lib/control/platform-api/factor-routes.ts';
import { operatorJson, toOperatorJson } from '#lib/control/platform-api/session-routes.ts';

export const ssoRoutes = [
  route('GET', '/sign-in/options', {
    id: 'getSignInOptions',
    summary: 'Which ways in there are',
    access: 'public',
    response: z.object({
      sso: z.object({ name: z.string(), required: z.boolean() }).nullable(),
      password_reset: z.boolean().meta({ description: 'Whether a mail can leave this machine' }),
    }),
    async handle({ context }) {
      const { sso_enabled: enabled, sso_name: name, sso_required: required } = await instanceSignIn.read(context);
      return {
        sso: enabled ? { name, required } : null,
        password_reset: findTransport(await instanceMail.read(context)) !== null,
      };
    },
  }),
  route('POST', '/sso/start', {
    id: 'startSso',
    summary: 'Where to send the browser to sign in at the provider; a cookie binds the way back to it',
    access: 'public',
    body: z.object({ next: z.string().max(500).default('/').meta({ description: 'Told again when signed in' }) }),
    response: z.object({ url: z.string() }),
    async handle({ operators, body, origin, request, addHeader }) {
      const { url, setCookie } = await operators.sso.start(body.next, origin, request.header('origin'));
      addHeader('Set-Cookie', setCookie);
      return { url };
    },
  }),
  route('POST', '/sso/finish', {
    id: 'finishSso',
    summary: 'Sign in with what the provider sent back; `mfa_required` and `sso_link_required` ask for one more step',
    access: 'public',
    body: z.object({
      arrival: z
        .object({ code: z.string().min(1).max(4096), state: z.string().min(1).max(200), iss: z.string().max(500).optional() })
        .optional(),
      password: z.string().min(1).max(1024).optional().meta({ description: 'Of the account there is, to connect it' }),
      code: z.string().min(1).max(64).optional(),
      passkey: passkeyAnswer.optional(),
    }),
    response: z.object({ operator: operatorJson, next: z.string() }),
    async handle({ operators, body, origin, addHeader }) {
      const { arrival, password, code, passkey } = body;
      const signedIn = await operators.sso.finish({ arrival, password, second: { code, passkey } }, origin);
      for (const cookie of [signedIn.setCookie, signedIn.deviceCookie, signedIn.clearCookie]) addHeader('Set-Cookie', cookie);
      return { operator: toOperatorJson(signedIn.operator), next: signedIn.next };
    },
  }),
  route('POST', '/password-reset', {
    id: 'requestPasswordReset',
    summary: 'Mail a link to set a new password, to an operator who has one; the answer tells nothing',
    access: 'public',
    status: 204,
    body: z.object({ email: z.string().trim().min(1).max(320) }),
    response: noContent,
    async handle({ operators, body, origin }) {
      await operators.passwordReset.request(body.email, origin);
      return null;
    },
  }),
  route('POST', '/password-reset/confirm', {
    id: 'resetPassword',
    summary: 'Set a new password with the token of the link; every session ends, second factors stay',
    access: 'public',
    status: 204,
    body: z.object({ token: z.string().min(1).max(100), password: z.string().min(1).max(1024) }),
    response: noContent,
    async handle({ operators, body, origin }) {
      await operators.passwordReset.confirm(body.token, body.password, origin);
      return null;
    },
  }),
];
