/** What a new installation gets: one operator, whose password is told once, and the demo project. */

import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Operator } from '#generated/client.ts';
import { type Actor, systemActor } from '#lib/control/actor.ts';
import { type ApiKeyView, listApiKeys } from '#lib/control/api-keys.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { toEmail } from '#lib/control/operator-email.ts';
import { insertOperator } from '#lib/control/operators.ts';
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

const demoFile = join(import.meta.dirname, '../../prisma/demo.sql');

/**
 * Each part is made once: a demo project that was deleted does not come back. Interrupted, it starts over: a password
 * nobody saw is replaced.
 */
export async function runFirstStart(context: ControlContext, options: FirstStartOptions): Promise<FirstStart> {
  const result: FirstStart = {};
  if (!(await isDone(context, 'first_start'))) {
    result.operator = await makeFirstOperator(context, options);
    await setDone(context, 'first_start');
  }
  if (!(await isDone(context, 'demo'))) {
    const keys = options.demo === false ? null : await tryDemo(context);
    if (keys !== null) result.demo = { ref: 'demo', keys };
    if (keys !== null || options.demo === false) await setDone(context, 'demo');
  }
  return result;
}

async function isDone({ database }: ControlContext, name: string): Promise<boolean> {
  return (await database.setting.findUnique({ where: { name } })) !== null;
}

async function setDone({ database }: ControlContext, name: string): Promise<void> {
  await database.setting.create({ data: { name, value: new Date().toISOString() } });
}

async function makeFirstOperator(
  context: ControlContext,
  options: FirstStartOptions,
): Promise<{ email: string; password: string | null }> {
  const { adminEmail = null, adminPassword = null } = context.config;
  const email = toEmail(options.email ?? adminEmail ?? 'admin@koyalite.local');
  const given = options.password ?? adminPassword;
  const password = given ?? makePassword();
  const existing = await context.database.operator.findUnique({ where: { email } });
  if (existing !== null) await resetPassword(context, existing, password);
  else await insertOperator(context, systemActor, { email, password, name: 'Admin', platformRole: 'owner' });
  context.step('first operator made');
  return { email, password: given === null ? password : null };
}

/** Null when it failed, to be tried again at the next start: a platform without its demo still serves. */
async function tryDemo(context: ControlContext): Promise<ApiKeyView[] | null> {
  try {
    const owner = await context.database.operator.findFirst({ where: { platformRole: 'owner' }, orderBy: { createdAt: 'asc' } });
    const actor: Actor =
      owner === null ? systemActor : { ...systemActor, operatorId: owner.id, email: owner.email, name: owner.name };
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

async function resetPassword(context: ControlContext, { id, email }: Operator, password: string): Promise<void> {
  const passwordHash = await hashPassword(parseNewPassword(password, email));
  await inTransaction(context, async (transaction) => {
    await transaction.operator.update({ where: { id }, data: { passwordHash } });
    const event = { action: 'operator.password_reset', subject: email };
    await appendAudit(transaction, context.masterKey, systemActor, event);
  });
}

/** Four groups of five, 103 bits, none of the letters that look alike. */
function makePassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789ABCDEFGH';
  const group = () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
