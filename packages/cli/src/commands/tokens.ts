/** `koyalite tokens …`: personal access tokens, for CI and scripts. */

import type { Command } from 'commander';
import { z } from 'zod';
import { usageError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { toTable } from '../output.ts';
import { path } from '../platform-api.ts';

const tokenSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  scope: z.string(),
  project_ref: z.string().nullable(),
  expires_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
});

interface NewToken {
  scope: string;
  project?: string;
  days: string;
}

export function addTokens(program: Command, bind: Bind): void {
  const tokens = program.command('tokens').description('list, make and revoke personal access tokens');
  tokens.command('list').description('list your tokens').action(bind(listTokens));
  tokens
    .command('create <name>')
    .description('make a token; it is shown this once')
    .option('--scope <scope>', 'read, write or admin', 'read')
    .option('--project <ref>', 'for one project only')
    .option('--days <n>', 'how long it works', '90')
    .action(bind(createToken));
  tokens.command('revoke <id>').description('revoke a token').action(bind(revokeToken));
}

async function listTokens({ api, output }: Context): Promise<void> {
  const tokens = await api.call('/profile/tokens', z.array(tokenSchema));
  const rows = tokens.map((one) => [one.id, one.name, one.scope, one.project_ref ?? 'all', one.expires_at, one.last_used_at]);
  output.print(tokens, () => toTable(['id', 'name', 'scope', 'project', 'expires', 'last used'], rows));
}

async function createToken({ api, output }: Context, name: string, { scope, project, days }: NewToken): Promise<void> {
  const expiresIn = Math.round(Number(days) * 24 * 3600);
  if (!(expiresIn >= 60)) throw usageError('--days must be a number above zero');
  const json = { name, scope, project_ref: project ?? null, expires_in: expiresIn };
  const made = await api.call('/profile/tokens', tokenSchema.extend({ token: z.string() }), { method: 'POST', json });
  output.print(made, () => made.token);
}

async function revokeToken({ api, output }: Context, id: string): Promise<void> {
  await api.call(path`/profile/tokens/${id}`, z.unknown(), { method: 'DELETE' });
  output.print({ id, revoked: true }, () => `revoked ${id}`);
}
