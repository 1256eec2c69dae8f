/** `koyalite auth …`: the end users of an environment, and a trial run of its sign-in flows. */

import type { Command } from 'commander';
import { z } from 'zod';
import { CliError, usageError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { toTable } from '../output.ts';
import { type PlatformApi, path } from '../platform-api.ts';
import { runAuthTrial } from './auth-trial.ts';
import { addOAuthClients } from './oauth-clients.ts';

const userSchema = z.looseObject({
  id: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  banned_until: z.string().nullable(),
  last_sign_in_at: z.string().nullable(),
});
const usersSchema = z.object({ users: z.array(userSchema), total: z.number() });

export function addAuth(program: Command, bind: Bind): void {
  const auth = program.command('auth').description('end users of an environment, and a trial of its sign-in');
  const users = auth.command('users').description('list, create, ban and delete end users');
  users
    .command('list <ref>')
    .description('list users, newest first')
    .option('--search <text>', 'part of an email, phone, id or name')
    .option('--page <n>', 'which page of fifty')
    .action(bind(listUsers));
  users
    .command('create <ref> <email>')
    .description('make a user whose email counts as confirmed')
    .option('--password <password>', 'without one they sign in by mail')
    .action(bind(createUser));
  users
    .command('ban <ref> <user>')
    .description('keep a user, named by id or email, out')
    .option('--hours <n>', 'for how long; 0 lifts a ban', '876000')
    .action(bind(banUser));
  users
    .command('delete <ref> <user>')
    .description('delete a user, named by id or email')
    .option('--yes', 'do not ask')
    .action(bind(deleteUser));
  addOAuthClients(auth, bind);
  auth
    .command('test <ref>')
    .description('sign up, in, refresh, out and recover with a throwaway user, and report each step')
    .action(bind(testAuth));
}

async function listUsers({ api, output }: Context, ref: string, options: { search?: string; page?: string }): Promise<void> {
  const query = new URLSearchParams({ ...options });
  const found = await api.call(`${path`/projects/${ref}/auth/users`}?${query}`, usersSchema);
  const rows = found.users.map((user) => [user.id, user.email ?? user.phone, user.last_sign_in_at, user.banned_until]);
  output.print(found, () => toTable(['id', 'email or phone', 'last sign-in', 'banned until'], rows));
}

async function createUser({ api, output }: Context, ref: string, email: string, options: { password?: string }): Promise<void> {
  const json = { email, email_confirm: true, ...options };
  const user = await api.call(path`/projects/${ref}/auth/users`, userSchema, { method: 'POST', json });
  output.print(user, () => `created ${user.email} (${user.id})`);
}

async function banUser({ api, output }: Context, ref: string, who: string, { hours }: { hours: string }): Promise<void> {
  const banSeconds = Math.round(Number(hours) * 3600);
  if (!(banSeconds >= 0)) throw usageError('--hours must be a number');
  const id = await findUserId(api, ref, who);
  const json = { ban_seconds: Math.min(banSeconds, 10 * 365 * 24 * 3600) };
  const user = await api.call(path`/projects/${ref}/auth/users/${id}`, userSchema, { method: 'PATCH', json });
  output.print(user, () => (user.banned_until === null ? `let ${who} in again` : `banned ${who} until ${user.banned_until}`));
}

async function deleteUser({ api, output }: Context, ref: string, who: string, options: { yes?: boolean }): Promise<void> {
  if (options.yes !== true) {
    const answer = await output.terminal.ask(`This deletes ${who} with all that hangs on them. Type ${who} to go on: `);
    if (answer === null) throw usageError('deleting needs a confirmation', 'pass --yes');
    if (answer.trim() !== who) throw new CliError('not deleted: the name does not match');
  }
  const id = await findUserId(api, ref, who);
  await api.call(path`/projects/${ref}/auth/users/${id}`, z.unknown(), { method: 'DELETE' });
  output.print({ id, deleted: true }, () => `deleted ${who}`);
}

async function findUserId(api: PlatformApi, ref: string, who: string): Promise<string> {
  if (!who.includes('@')) return who;
  const query = new URLSearchParams({ search: who });
  const { users } = await api.call(`${path`/projects/${ref}/auth/users`}?${query}`, usersSchema);
  const user = users.find((one) => one.email === who.toLowerCase());
  if (user === undefined) throw new CliError(`there is no user ${who}`, `koyalite auth users list ${ref}`);
  return user.id;
}

async function testAuth({ api, output }: Context, ref: string): Promise<void> {
  const steps = await runAuthTrial(api, ref);
  const failed = steps.filter((step) => !step.ok);
  const rows = steps.map((step) => [step.ok ? 'ok' : 'FAILED', step.step, step.ms, step.note]);
  output.print({ ok: failed.length === 0, steps }, () => toTable(['', 'step', 'ms', 'note'], rows));
  if (failed.length > 0) throw new CliError(`${failed.length} of ${steps.length} steps failed`);
}
