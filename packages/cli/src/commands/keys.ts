/** `koyalite keys …`: the API keys an app uses, shown in full. */

import type { Command } from 'commander';
import { z } from 'zod';
import type { Bind, Context } from '../context.ts';
import { toTable } from '../output.ts';
import { path } from '../platform-api.ts';

const keysSchema = z.array(z.looseObject({ name: z.string(), type: z.string().optional(), api_key: z.string().nullable() }));

type Keys = z.infer<typeof keysSchema>;

export function addKeys(program: Command, bind: Bind): void {
  const keys = program.command('keys').description('show and rotate API keys');
  keys.command('show <ref>', { isDefault: true }).description('show the keys (koyalite keys <ref>)').action(bind(showKeys));
  keys.command('rotate <ref>').description('make new keys; the old ones stop working').action(bind(rotateKeys));
}

async function showKeys({ api, output }: Context, ref: string): Promise<void> {
  const keys = await api.call(`${path`/projects/${ref}/api-keys`}?reveal=true`, keysSchema);
  output.print(keys, () => toKeyTable(keys));
}

async function rotateKeys({ api, output }: Context, ref: string): Promise<void> {
  const keys = await api.call(path`/projects/${ref}/api-keys/rotate`, keysSchema, { method: 'POST', json: {} });
  output.print(keys, () => toKeyTable(keys));
}

function toKeyTable(keys: Keys): string {
  return toTable(
    ['name', 'type', 'key'],
    keys.map((key) => [key.name, key.type ?? '', key.api_key]),
  );
}
