/** `koyalite environments …`: the dev, staging, production and branch environments of a project. */

import type { Command } from 'commander';
import { z } from 'zod';
import type { Bind, Context } from '../context.ts';
import { toTable } from '../output.ts';
import { path } from '../platform-api.ts';

const environmentSchema = z.looseObject({ ref: z.string(), kind: z.string(), status: z.string().optional() });

export function addEnvironments(program: Command, bind: Bind): void {
  const environments = program.command('environments').description('list, add and remove the environments of a project');
  environments.command('list <ref>').description('list environments').action(bind(listEnvironments));
  environments.command('add <ref> <kind>').description('add dev, staging or a branch').action(bind(addEnvironment));
  environments
    .command('remove <ref> <environment>')
    .description('delete an environment with its data; named by its own ref')
    .action(bind(removeEnvironment));
}

async function listEnvironments({ api, output }: Context, ref: string): Promise<void> {
  const environments = await api.call(path`/projects/${ref}/environments`, z.array(environmentSchema));
  const rows = environments.map((one) => [one.ref, one.kind, one.status ?? '']);
  output.print(environments, () => toTable(['ref', 'kind', 'status'], rows));
}

async function addEnvironment({ api, output }: Context, ref: string, kind: string): Promise<void> {
  const made = await api.call(path`/projects/${ref}/environments`, environmentSchema, { method: 'POST', json: { kind } });
  output.print(made, () => `added ${made.ref} (${made.kind})`);
}

async function removeEnvironment({ api, output }: Context, ref: string, environment: string): Promise<void> {
  await api.call(path`/projects/${ref}/environments/${environment}`, z.unknown(), { method: 'DELETE' });
  output.print({ ref: environment, removed: true }, () => `removed ${environment}`);
}
