/** `koyalite mails …`: what an environment mailed, and how it went. */

import type { Command } from 'commander';
import { z } from 'zod';
import type { Bind, Context } from '../context.ts';
import { toTable } from '../output.ts';
import { path } from '../platform-api.ts';

const mailSchema = z.looseObject({
  id: z.string(),
  to: z.string(),
  subject: z.string(),
  status: z.string(),
  created_at: z.string(),
  text: z.string().nullable(),
  html: z.string().nullable(),
});

export function addMails(program: Command, bind: Bind): void {
  const mails = program.command('mails').description('mails and texts of an environment');
  mails
    .command('list <ref>')
    .description('list mails, newest first; --json has their content')
    .option('--to <address>', 'to one recipient')
    .option('--status <status>', 'queued, sent, failed or bounced')
    .action(bind(listMails));
  mails.command('resend <ref> <id>').description('send a mail again').action(bind(resendMail));
}

async function listMails({ api, output }: Context, ref: string, options: { to?: string; status?: string }): Promise<void> {
  const query = new URLSearchParams({ ...options });
  const mails = await api.call(`${path`/projects/${ref}/mails`}?${query}`, z.array(mailSchema));
  const rows = mails.map((mail) => [mail.created_at, mail.to, mail.subject, mail.status, mail.id]);
  output.print(mails, () => toTable(['at', 'to', 'subject', 'status', 'id'], rows));
}

async function resendMail({ api, output }: Context, ref: string, id: string): Promise<void> {
  const mail = await api.call(path`/projects/${ref}/mails/${id}/resend`, mailSchema, { method: 'POST', json: {} });
  output.print(mail, () => `queued ${mail.subject} to ${mail.to}`);
}
