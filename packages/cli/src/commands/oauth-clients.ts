/** `koyalite auth clients …`: apps that users of an environment may sign in to with it. */

import type { Command } from 'commander';
import { z } from 'zod';
import { CliError, usageError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { toTable } from '../output.ts';
import { path } from '../platform-api.ts';

const clientSchema = z.looseObject({
  client_id: z.string(),
  client_name: z.string(),
  client_type: z.string(),
  registration_type: z.string(),
  redirect_uris: z.array(z.string()),
  users: z.number(),
});
const secretSchema = clientSchema.extend({ client_secret: z.string().nullable() });
const usersSchema = z.object({
  users: z.array(
    z.looseObject({
      id: z.string(),
      email: z.string().nullable(),
      phone: z.string().nullable(),
      scopes: z.array(z.string()),
      since: z.string(),
    }),
  ),
  total: z.number(),
});
type ClientWithSecret = z.infer<typeof secretSchema>;

export function addOAuthClients(auth: Command, bind: Bind): void {
  const clients = auth.command('clients').description('apps that users may sign in to (OAuth server)');
  clients
    .command('list <ref>')
    .description('list clients, newest first')
    .option('--page <n>', 'which page of fifty')
    .action(bind(listClients));
  clients
    .command('create <ref> <name> <redirect...>')
    .description('register a client with the addresses it may return to; prints its secret this once')
    .option('--public', 'an app that cannot keep a secret: in a browser, on a phone')
    .action(bind(createClient));
  clients.command('secret <ref> <id>').description('make a new secret; the old one stops working').action(bind(renewSecret));
  clients
    .command('users <ref> <id>')
    .description('list who let a client in, newest first')
    .option('--page <n>', 'which page of fifty')
    .action(bind(listUsers));
  clients
    .command('revoke <ref> <id> <user>')
    .description('take back what one user, named by id, agreed to: the tokens of the client for them stop working')
    .action(bind(revokeGrant));
  clients
    .command('delete <ref> <id>')
    .description('remove a client: its tokens stop working')
    .option('--yes', 'do not ask')
    .action(bind(deleteClient));
}

async function listClients({ api, output }: Context, ref: string, options: { page?: string }): Promise<void> {
  const schema = z.object({ clients: z.array(clientSchema), total: z.number() });
  const found = await api.call(`${path`/projects/${ref}/auth/oauth/clients`}?${new URLSearchParams({ ...options })}`, schema);
  const rows = found.clients.map((client) => [
    client.client_id,
    client.client_name,
    client.client_type,
    client.users,
    client.redirect_uris.join(' '),
  ]);
  output.print(found, () => toTable(['id', 'name', 'type', 'users', 'redirect addresses'], rows));
}

async function createClient(
  { api, output }: Context,
  ref: string,
  name: string,
  redirects: string[],
  options: { public?: boolean },
): Promise<void> {
  const json = {
    client_name: name,
    redirect_uris: redirects,
    ...(options.public === true ? { token_endpoint_auth_method: 'none' } : {}),
  };
  const made = await api.call(path`/projects/${ref}/auth/oauth/clients`, secretSchema, { method: 'POST', json });
  output.print(made, () => toText(made));
}

async function renewSecret({ api, output }: Context, ref: string, id: string): Promise<void> {
  const at = path`/projects/${ref}/auth/oauth/clients/${id}/secret`;
  const renewed = await api.call(at, secretSchema, { method: 'POST' });
  output.print(renewed, () => toText(renewed));
}

async function deleteClient({ api, output }: Context, ref: string, id: string, options: { yes?: boolean }): Promise<void> {
  if (options.yes !== true) {
    const answer = await output.terminal.ask(`This signs everybody out of the client. Type ${id} to go on: `);
    if (answer === null) throw usageError('deleting needs a confirmation', 'pass --yes');
    if (answer.trim() !== id) throw new CliError('not deleted: the id does not match');
  }
  await api.call(path`/projects/${ref}/auth/oauth/clients/${id}`, z.unknown(), { method: 'DELETE' });
  output.print({ client_id: id, deleted: true }, () => `deleted ${id}`);
}

async function listUsers({ api, output }: Context, ref: string, id: string, options: { page?: string }): Promise<void> {
  const at = path`/projects/${ref}/auth/oauth/clients/${id}/users`;
  const found = await api.call(`${at}?${new URLSearchParams({ ...options })}`, usersSchema);
  const rows = found.users.map((user) => [user.id, user.email ?? user.phone, user.scopes.join(' '), user.since]);
  output.print(found, () => toTable(['id', 'email or phone', 'scopes', 'since'], rows));
}

async function revokeGrant({ api, output }: Context, ref: string, id: string, user: string): Promise<void> {
  await api.call(path`/projects/${ref}/auth/oauth/clients/${id}/users/${user}`, z.unknown(), { method: 'DELETE' });
  output.print({ client_id: id, user, revoked: true }, () => `revoked: ${id} acts for ${user} no longer`);
}

function toText({ client_id, client_secret }: ClientWithSecret): string {
  const secret = client_secret === null ? 'none: a public client' : `${client_secret}   (shown this once)`;
  return `client id:      ${client_id}\nclient secret:  ${secret}`;
}
