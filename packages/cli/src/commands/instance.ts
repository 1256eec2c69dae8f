/** `koyalite instance …`: settings of the whole platform, and its mails to operators. */

import type { Command } from 'commander';
import { z } from 'zod';
import { usageError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { stringifyExact } from '../exact-json.ts';
import { toTable } from '../output.ts';
import { toPatch } from './settings.ts';

const tree = z.record(z.string(), z.unknown());
const groups = { sign_in: '/instance/sign-in', mail: '/instance/mail' } as const;
const mailSchema = z.looseObject({
  recipient: z.string(),
  subject: z.string(),
  status: z.string(),
  attempts: z.number(),
  error: z.string().nullable(),
});

export function addInstance(program: Command, bind: Bind): void {
  const instance = program.command('instance').description('how operators sign in, and how mails to them leave');
  instance.command('get').description('print the settings; secrets are masks').action(bind(getInstance));
  instance
    .command('set <path=value...>')
    .description('change settings: sign_in.sso_enabled=true mail.smtp_host=smtp.example.com')
    .action(bind(setInstance));
  instance.command('mails').description('mails to operators, newest first').action(bind(listMails));
  instance.command('test-mail').description('send a mail to yourself').action(bind(sendTestMail));
}

async function getInstance({ api, output }: Context): Promise<void> {
  const settings = { sign_in: await api.call(groups.sign_in, tree), mail: await api.call(groups.mail, tree) };
  output.print(settings, () => stringifyExact(settings, 2));
}

async function setInstance({ api, output }: Context, assignments: string[]): Promise<void> {
  const patch = z.strictObject({ sign_in: tree.optional(), mail: tree.optional() }).safeParse({ ...toPatch(assignments) });
  if (!patch.success) throw usageError('settings begin with sign_in. or mail.', 'koyalite instance get');
  const { sign_in, mail } = patch.data;
  const changed = {
    ...(sign_in === undefined ? {} : { sign_in: await api.call(groups.sign_in, tree, { method: 'PATCH', json: sign_in }) }),
    ...(mail === undefined ? {} : { mail: await api.call(groups.mail, tree, { method: 'PATCH', json: mail }) }),
  };
  output.print(changed, () => `changed ${assignments.map((one) => one.split('=', 1)[0]).join(', ')}`);
}

async function listMails({ api, output }: Context): Promise<void> {
  const mails = await api.call('/instance/mails', z.array(mailSchema));
  const rows = mails.map((mail) => [mail.recipient, mail.subject, mail.status, String(mail.attempts), mail.error ?? '']);
  output.print(mails, () => toTable(['to', 'subject', 'status', 'attempts', 'error'], rows));
}

async function sendTestMail({ api, output }: Context): Promise<void> {
  const sent = await api.call('/instance/mail/test', z.object({ recipient: z.string() }), { method: 'POST', json: {} });
  output.print(sent, () => `sent to ${sent.recipient}`);
}
