/** Settings of the whole installation, for platform owners: how operators sign in, and how mails leave. */

import { z } from 'zod';
import type { OperatorMail } from '#generated/client.ts';
import { type Actor, requirePlatformOwner } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { instanceMail, instanceMailSchema, sendTestMail } from '#lib/control/instance-mail.ts';
import { instanceSignIn, redirectPath, signInSettingsSchema } from '#lib/control/instance-sign-in.ts';
import { listOperatorMails } from '#lib/control/operator-mails.ts';
import { route } from '#lib/control/platform-api/api-route.ts';
import { named } from '#lib/control/platform-api/schema-names.ts';
import { requireOwnFactor } from '#lib/control/required-factor.ts';

/** As shown: secrets are masks. The rules were kept when they were stored. */
const mailJson = named('InstanceMail', z.object(instanceMailSchema.shape));
const signInJson = named(
  'InstanceSignIn',
  z.object({
    ...signInSettingsSchema.shape,
    sso_redirect_uri: z.string().meta({ description: 'To register at the provider' }),
  }),
);
const patch = z.record(z.string(), z.unknown()).meta({ description: 'What changes; null returns to the default' });

const sentMailJson = named(
  'OperatorMail',
  z.object({
    id: z.string(),
    template: z.string(),
    recipient: z.string(),
    subject: z.string(),
    status: z.enum(['queued', 'sent', 'failed']),
    attempts: z.number(),
    error: z.string().nullable(),
    created_at: z.iso.datetime(),
    next_attempt_at: z.iso.datetime().nullable(),
  }),
);

function toMailJson(mail: OperatorMail): z.infer<typeof sentMailJson> {
  const { id, template, recipient, subject, attempts, error } = mail;
  const status = mail.status === 'queued' || mail.status === 'sent' ? mail.status : ('failed' as const);
  const next_attempt_at = status === 'queued' ? mail.nextAttemptAt.toISOString() : null;
  const created_at = mail.createdAt.toISOString();
  return { id, template, recipient, subject, status, attempts, error, created_at, next_attempt_at };
}

/** What would shut out whoever changes it is refused. */
async function updateSignIn(context: ControlContext, actor: Actor, patch: Record<string, unknown>) {
  requirePlatformOwner(actor);
  if (patch.second_factor_required === true) await requireOwnFactor(context, actor);
  return instanceSignIn.update(context, actor, patch);
}

export const instanceRoutes = [
  route('GET', '/instance/sign-in', {
    id: 'getInstanceSignIn',
    summary: 'How operators sign in: sessions and single sign-on',
    response: signInJson,
    handle: async ({ context, actor }) => ({
      ...(await instanceSignIn.get(context, actor)),
      sso_redirect_uri: `${context.externalUrl()}${redirectPath}`,
    }),
  }),
  route('PATCH', '/instance/sign-in', {
    id: 'updateInstanceSignIn',
    summary: 'Change how operators sign in',
    body: patch,
    response: signInJson,
    handle: async ({ context, actor, body }) => ({
      ...(await updateSignIn(context, actor, body)),
      sso_redirect_uri: `${context.externalUrl()}${redirectPath}`,
    }),
  }),
  route('GET', '/instance/mail', {
    id: 'getInstanceMail',
    summary: 'How mails to operators leave this machine',
    response: mailJson,
    handle: ({ context, actor }) => instanceMail.get(context, actor),
  }),
  route('PATCH', '/instance/mail', {
    id: 'updateInstanceMail',
    summary: 'Change how mails to operators leave this machine',
    body: patch,
    response: mailJson,
    handle: ({ context, actor, body }) => instanceMail.update(context, actor, body),
  }),
  route('POST', '/instance/mail/test', {
    id: 'sendInstanceTestMail',
    summary: 'Send a mail to oneself, right now',
    response: z.object({ recipient: z.string() }),
    handle: async ({ context, actor }) => ({ recipient: await sendTestMail(context, actor) }),
  }),
  route('GET', '/instance/mails', {
    id: 'listInstanceMails',
    summary: 'Mails to operators and how they went, newest first',
    query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
    response: z.array(sentMailJson),
    handle: async ({ context, actor, query }) => (await listOperatorMails(context, actor, query.limit)).map(toMailJson),
  }),
];
