/** `koyalite token …`: a signed access token for trying out policies from curl or a test. */

import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { Bind, Context } from '../context.ts';
import { path } from '../platform-api.ts';

const claimsSchema = z.record(z.string(), z.unknown());

interface TokenOptions {
  sub?: string;
  role?: string;
  claims?: Record<string, unknown>;
  expiresIn?: number;
}

export function addToken(program: Command, bind: Bind): void {
  program
    .command('token <ref>')
    .description('sign an access token for a user of the environment')
    .option('--sub <id>', 'the user it speaks for')
    .option('--role <role>', 'the role it acts as (authenticated unless given)')
    .option('--claims <json>', 'further claims as a JSON object', parseClaims)
    .option('--expires-in <s>', 'seconds it is valid', parseSeconds)
    .action(bind(signToken));
}

async function signToken({ api, output }: Context, ref: string, options: TokenOptions): Promise<void> {
  const { sub, role, claims, expiresIn } = options;
  const schema = z.looseObject({ token: z.string(), expires_at: z.union([z.string(), z.number()]) });
  const signed = await api.call(path`/projects/${ref}/tokens`, schema, {
    method: 'POST',
    json: { sub, role, claims, expires_in: expiresIn },
  });
  output.print(signed, () => signed.token);
}

function parseClaims(text: string): Record<string, unknown> {
  try {
    return claimsSchema.parse(JSON.parse(text));
  } catch {
    throw new InvalidArgumentError('it must be a JSON object.');
  }
}

function parseSeconds(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('it must be a whole number of seconds.');
  return Number(text);
}
