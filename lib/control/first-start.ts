/** What a new installation gets: one operator, whose password is told once, and the demo project. */

import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Operator } from '#generated/client.ts';
import { type Actor, systemActor } from '#lib/control/actor.ts';
import { type ApiKeyView, listApiKeys } from '#lib/control/api-keys.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { insertOperator, toEmail } from '#lib/control/operators.ts';
import { createProject } from '#lib/control/projects.ts';
import { hashPassword, parseNewPassword } from '#lib/identity/passwords.ts';

export interface FirstStartOptions {
  /** Default: the configured one, else `admin@koyalite.local`. */
  email?: string;
  /** Default: the configured one, else generated. */
  password?: string;
  /** False leaves the demo project out. */
  demo?: boolean;
}

export interface FirstStart {
  /** Only on first start: to be printed once, kept nowhere. The password is null when it came from the configuration. */
  operator?: { email: string; password: string | null };
  /** Only on first start. */
  demo?: { ref: string; keys: ApiKeyView[] };
}

const doneSetting = 'first_start';
const demoFile = join(import.meta.dirname, '../../prisma/demo.sql');

/** Does nothing once it has succeeded. Interrupted, it starts over: a password nobody saw is replaced. */
export async function runFirstStart(context: ControlContext, options: FirstStartOptions): Promise<FirstStart> {
  const { database } = context;
  if ((await database.setting.findUnique({ where: { name: doneSetting } })) !== null) return {};
  const { adminEmail = null, adminPassword = null } = context.config;
  const email = toEmail(options.email ?? adminEmail ?? 'admin@koyalite.local');
  const given = options.password ?? adminPassword;
  const password = given ?? makePassword();
  const existing = await database.operator.findUnique({ where: { email } });
  const operator =
    existing === null
      ? await insertOperator(context, systemActor, { email, password, name: 'Admin', platformRole: 'owner' })
      : await resetPassword(context, existing, password);
  context.step('first operator made');
  const actor: Actor = { ...systemActor, operatorId: operator.id, email, name: operator.name };
  const result: FirstStart = { operator: { email, password: given === null ? password : null } };
  const keys = options.demo === false ? null : await tryDemo(context, actor);
  if (keys !== null) result.demo = { ref: 'demo', keys };
  await database.setting.create({ data: { name: doneSetting, value: new Date().toISOString() } });
  return result;
}

/** Null when there is none: a platform without its demo still serves, and its password must not get lost. */
async function tryDemo(context: ControlContext, actor: Actor): Promise<ApiKeyView[] | null> {
  try {
    return await makeDemo(context, actor);
  } catch (error) {
    context.logger.error({ err: error }, 'the demo project could not be made');
    return null;
  }
}

async function makeDemo(context: ControlContext, actor: Actor): Promise<ApiKeyView[]> {
  await createProject(context, actor, { name: 'Demo', ref: 'demo' });
  context.step('demo project made');
  const record = context.directory.find('demo');
  if (record === null) throw new Error('The demo project is not in the directory.');
  const demo = context.engine.open('demo', record.file);
  // The script is one transaction: either all of it ran before, or none.
  if (!demo.catalog.tables.has('public.teams')) await context.engine.runSql(demo, await readFile(demoFile, 'utf8'));
  context.step('demo seeded');
  return listApiKeys(context, actor, 'demo', true);
}

async function resetPassword(context: ControlContext, { id, email }: Operator, password: string): Promise<Operator> {
  const passwordHash = await hashPassword(parseNewPassword(password, email));
  return inTransaction(context, async (transaction) => {
    const operator = await transaction.operator.update({ where: { id }, data: { passwordHash } });
    const event = { action: 'operator.password_reset', subject: operator.email };
    await appendAudit(transaction, context.masterKey, systemActor, event);
    return operator;
  });
}

/** Four groups of five, 103 bits, none of the letters that look alike. */
function makePassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789ABCDEFGH';
  const group = () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
