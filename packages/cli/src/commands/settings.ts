/** `koyalite settings …`: an environment's settings, read and changed by dotted path. */

import type { Command } from 'commander';
import { z } from 'zod';
import { CliError, usageError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { stringifyExact } from '../exact-json.ts';
import { path } from '../platform-api.ts';

type Tree = { [key: string]: unknown };

const treeSchema: z.ZodType<Tree> = z.record(z.string(), z.unknown());

export function addSettings(program: Command, bind: Bind): void {
  const settings = program.command('settings').description('read and change the settings of an environment');
  settings
    .command('get <ref> [path]')
    .description('print settings, all or those at a path: api.maxRows')
    .action(bind(getSettings));
  settings
    .command('set <ref> <path=value...>')
    .description('change settings; a value is JSON, or text when it is not')
    .action(bind(setSettings));
  settings
    .command('harden <ref>')
    .description('tighten sign-in to the settings for health data; what is stricter already stays')
    .action(bind(hardenSettings));
}

async function getSettings({ api, output }: Context, ref: string, at: string | undefined): Promise<void> {
  const settings = await api.call(path`/projects/${ref}/settings`, treeSchema);
  let value: unknown = settings;
  for (const key of at?.split('.') ?? []) {
    const tree = treeSchema.safeParse(value);
    if (!tree.success || !Object.hasOwn(tree.data, key))
      throw new CliError(`there is no setting ${at}`, `koyalite settings get ${ref}`);
    value = tree.data[key];
  }
  output.print(value, () => (typeof value === 'string' ? value : stringifyExact(value, 2)));
}

async function setSettings({ api, output }: Context, ref: string, assignments: string[]): Promise<void> {
  const json = toPatch(assignments);
  const settings = await api.call(path`/projects/${ref}/settings`, treeSchema, { method: 'PATCH', json });
  output.print(settings, () => `changed ${assignments.map((one) => one.split('=', 1)[0]).join(', ')}`);
}

async function hardenSettings({ api, output }: Context, ref: string): Promise<void> {
  const schema = z.object({ changed: treeSchema });
  const { changed } = await api.call(path`/projects/${ref}/config/auth/harden`, schema, { method: 'POST', json: {} });
  const lines = Object.entries(changed).map(([name, value]) => `auth.${name} = ${stringifyExact(value)}`);
  output.print({ changed }, () => (lines.length === 0 ? 'nothing to tighten' : lines.join('\n')));
}

/** `['a.b=1', 'a.c=x']` → `{a: {b: 1, c: 'x'}}`. Throws a usage error on anything but path=value. */
export function toPatch(assignments: readonly string[]): Tree {
  const patch: Tree = Object.create(null);
  for (const assignment of assignments) {
    const [, at = '', text = ''] = assignment.match(/^([^=]+)=(.*)$/s) ?? [];
    const keys = at.split('.');
    if (keys.includes('')) throw usageError(`not a setting: ${assignment}`, 'write path=value, for example api.maxRows=500');
    let tree = patch;
    for (const key of keys.slice(0, -1)) {
      const inner = tree[key] ?? Object.create(null);
      if (typeof inner !== 'object' || Array.isArray(inner)) throw usageError(`${at} contradicts an earlier assignment`);
      tree[key] = inner;
      tree = inner as Tree;
    }
    tree[keys.at(-1) ?? ''] = toValue(text);
  }
  return patch;
}

function toValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
