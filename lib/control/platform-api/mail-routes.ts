/** An environment's outbox. */

import { z } from 'zod';
import { getEnvironmentMail, listEnvironmentMails, resendEnvironmentMail } from '#lib/control/environment-mails.ts';
import { route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import type { Mail } from '#lib/engine/queue/mails.ts';

const statuses = ['queued', 'sent', 'failed', 'bounced'] as const;

const mailJson = named(
  'Mail',
  z.object({
    id: z.string(),
    channel: z.enum(['email', 'sms']),
    template: z.string(),
    from: z.string(),
    to: z.string(),
    subject: z.string(),
    text: z.string().nullable().meta({ description: 'Null once delivered, and for those who may not read it' }),
    html: z.string().nullable(),
    status: z.enum(statuses),
    error: z.string().nullable(),
    provider_id: z.string().nullable(),
    created_at: z.string(),
  }),
);

function toMailJson({ sender, recipient, providerId, createdAt, ...mail }: Mail): z.infer<typeof mailJson> {
  return { ...mail, from: sender, to: recipient, provider_id: providerId, created_at: createdAt };
}

const mailParams = refParams.extend({ id: z.string() });

export const mailRoutes = [
  route('GET', '/projects/{ref}/mails', {
    id: 'listMails',
    summary: 'Mails and texts of an environment, newest first',
    params: refParams,
    query: z.object({
      to: z.string().max(320).optional().meta({ description: 'One recipient' }),
      status: z.enum(statuses).optional(),
      page: z.coerce.number().int().min(1).max(1_000_000).default(1),
      per_page: z.coerce.number().int().min(1).max(1000).default(50),
    }),
    response: z.array(mailJson),
    handle: async ({ context, actor, params, query }) => {
      const { to, status, page, per_page: perPage } = query;
      return (await listEnvironmentMails(context, actor, params.ref, { to, status, page, perPage })).map(toMailJson);
    },
  }),
  route('GET', '/projects/{ref}/mails/{id}', {
    id: 'getMail',
    summary: 'One mail',
    params: mailParams,
    response: mailJson,
    handle: async ({ context, actor, params }) => toMailJson(await getEnvironmentMail(context, actor, params.ref, params.id)),
  }),
  route('POST', '/projects/{ref}/mails/{id}/resend', {
    id: 'resendMail',
    summary: 'Send a mail again',
    params: mailParams,
    response: mailJson,
    handle: async ({ context, actor, params }) => toMailJson(await resendEnvironmentMail(context, actor, params.ref, params.id)),
  }),
];
