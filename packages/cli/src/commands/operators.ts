/** `koyalite operators …` and `koyalite impersonation …`: who operates the platform, and acting as a user. */

import type { Command } from 'commander';
import { z } from 'zod';
import { CliError, usageError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { toTable } from '../output.ts';
import { type PlatformApi, path } from '../platform-api.ts';

const operatorSchema = z.looseObject({ id: z.string(), email: z.string(), name: z.string(), platform_role: z.string() });
const listedSchema = operatorSchema.extend({ second_factors: z.number() });
const impersonationSchema = z.looseObject({
  id: z.string(),
  operator: z.string(),
  user: z.object({ id: z.string(), email: z.string().nullable() }),
  reason: z.string(),
  expires_at: z.string(),
});

const resetSchema = z.looseObject({ recovery_code: z.string(), sessions_ended: z.number(), tokens_revoked: z.number() });

const begunSchema = z.looseObject({
  id: z.string(),
  token: z.string(),
  expires_at: z.string(),
  user: z.object({ id: z.string(), email: z.string().nullable() }),
});

export function addOperators(program: Command, bind: Bind): void {
  const operators = program.command('operators').description('list, change and remove the operators of the platform');
  operators.command('list').description('list operators').action(bind(listOperators));
  operators
    .command('role <email> <role>')
    .description('on every project: viewer, developer, admin, owner; member: none')
    .action(bind(changeRole));
  operators.command('remove <email>').description('remove an operator with sessions, tokens and roles').action(bind(remove));
  operators
    .command('reset-factors <email>')
    .description('on the machine of the server: take lost second factors away; prints the code that stands in for them')
    .option('--yes', 'do not ask')
    .action(bind(resetFactors));
  const impersonation = program.command('impersonation').description('who acts as a user of a project');
  impersonation
    .command('start <ref>')
    .description('act as a user: prints a token that sees and does what they may')
    .requiredOption('--user <user>', 'an id or an email')
    .requiredOption('--reason <text>', 'goes on record')
    .option('--minutes <n>', 'how long: 1 to 60', '15')
    .action(bind(startImpersonation));
  impersonation.command('list <ref>').description('those under way').action(bind(listImpersonations));
  impersonation.command('end <ref> <id>').description('end one: its token is refused from now on').action(bind(endImpersonation));
}

async function listOperators({ api, output }: Context): Promise<void> {
  const operators = await api.call('/operators', z.array(listedSchema));
  const rows = operators.map(({ email, name, platform_role, second_factors }) => [email, name, platform_role, second_factors]);
  output.print(operators, () => toTable(['email', 'name', 'role', 'second factors'], rows));
}

async function changeRole({ api, output }: Context, email: string, role: string): Promise<void> {
  const id = await findId(api, email);
  const json = { platform_role: role };
  const operator = await api.call(path`/operators/${id}`, operatorSchema, { method: 'PATCH', json });
  output.print(operator, () => `${operator.email} is ${operator.platform_role} now`);
}

async function remove({ api, output }: Context, email: string): Promise<void> {
  await api.call(path`/operators/${await findId(api, email)}`, z.unknown(), { method: 'DELETE' });
  output.print({ email, removed: true }, () => `removed ${email}`);
}

async function resetFactors({ api, output }: Context, email: string, options: { yes?: boolean }): Promise<void> {
  const id = await findId(api, email);
  if (options.yes !== true) {
    const answer = await output.terminal.ask(
      `This ends every session of ${email} and revokes their tokens. Are you sure who asks for it? Type ${email} to go on: `,
    );
    if (answer === null) throw usageError('resetting needs a confirmation', 'pass --yes');
    if (answer.trim() !== email) throw new CliError('not reset: the email does not match');
  }
  const json = { current_password: null };
  const reset = await api.call(path`/operators/${id}/factors/reset`, resetSchema, { method: 'POST', json });
  output.print({ email, ...reset }, () =>
    [
      reset.recovery_code,
      `give it to ${email}: asked for beside the password until a second factor is set up; not shown again`,
      `ended: ${reset.sessions_ended} sessions; revoked: ${reset.tokens_revoked} tokens`,
    ].join('\n'),
  );
}

async function findId(api: PlatformApi, email: string): Promise<string> {
  const operators = await api.call('/operators', z.array(operatorSchema));
  const operator = operators.find((one) => one.email === email.toLowerCase());
  if (operator === undefined) throw new CliError(`there is no operator ${email}`, 'koyalite operators list');
  return operator.id;
}

interface StartOptions {
  user: string;
  reason: string;
  minutes: string;
}

async function startImpersonation({ api, output }: Context, ref: string, { user, reason, minutes }: StartOptions): Promise<void> {
  const ttl_seconds = Math.round(Number(minutes) * 60);
  if (!(ttl_seconds >= 60 && ttl_seconds <= 3600)) throw usageError('--minutes must be a number from 1 to 60');
  const json = { ...(user.includes('@') ? { email: user } : { sub: user }), reason, ttl_seconds };
  const begun = await api.call(path`/projects/${ref}/impersonation`, begunSchema, { method: 'POST', json });
  const who = begun.user.email ?? begun.user.id;
  output.print(begun, () =>
    [begun.token, `acts as ${who} until ${begun.expires_at}`, `end it: koyalite impersonation end ${ref} ${begun.id}`].join('\n'),
  );
}

async function listImpersonations({ api, output }: Context, ref: string): Promise<void> {
  const active = await api.call(path`/projects/${ref}/impersonation`, z.array(impersonationSchema));
  const rows = active.map((one) => [one.id, one.operator, one.user.email ?? one.user.id, one.reason, one.expires_at]);
  output.print(active, () => toTable(['id', 'operator', 'as', 'reason', 'until'], rows));
}

async function endImpersonation({ api, output }: Context, ref: string, id: string): Promise<void> {
  await api.call(path`/projects/${ref}/impersonation/${id}`, z.unknown(), { method: 'DELETE' });
  output.print({ id, ended: true }, () => 'ended');
}
