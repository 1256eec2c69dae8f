/** `koyalite projects …`: what there is, and making and deleting it. */

import type { Command } from 'commander';
import { z } from 'zod';
import { CliError, usageError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { toTable } from '../output.ts';
import { path } from '../platform-api.ts';

export const projectSchema = z.looseObject({ ref: z.string(), name: z.string(), status: z.string().optional() });
export const projectsSchema = z.array(projectSchema);

type Project = z.infer<typeof projectSchema>;

export function addProjects(program: Command, bind: Bind): void {
  const projects = program.command('projects').description('create, list, show and delete projects');
  projects
    .command('create <name>')
    .description('create a project with its production environment')
    .option('--ref <ref>', 'the address of the project, otherwise made from its name')
    .action(bind(createProject));
  projects.command('list').description('list projects').action(bind(listProjects));
  projects.command('get <ref>').description('show one project').action(bind(getProject));
  projects
    .command('delete <ref>')
    .description('delete a project with all its data')
    .option('--yes', 'do not ask')
    .action(bind(deleteProject));
}

async function createProject({ api, output }: Context, name: string, options: { ref?: string }): Promise<void> {
  const json = { name, ...(options.ref === undefined ? {} : { ref: options.ref }) };
  const project = await api.call('/projects', projectSchema, { method: 'POST', json });
  output.print(project, () => `created ${project.ref}\n\nnext: koyalite keys ${project.ref}`);
}

async function listProjects({ api, output }: Context): Promise<void> {
  const projects = await api.call('/projects', projectsSchema);
  output.print(projects, () => toProjectTable(projects));
}

async function getProject({ api, output }: Context, ref: string): Promise<void> {
  const project = await api.call(path`/projects/${ref}`, projectSchema);
  output.print(project, () => toTable(['field', 'value'], Object.entries(project)));
}

async function deleteProject({ api, output }: Context, ref: string, options: { yes?: boolean }): Promise<void> {
  if (options.yes !== true) {
    const answer = await output.terminal.ask(`This deletes ${ref} with all its data. Type the ref to go on: `);
    if (answer === null) throw usageError('deleting needs a confirmation', 'pass --yes');
    if (answer.trim() !== ref) throw new CliError('not deleted: the ref does not match');
  }
  await api.call(path`/projects/${ref}`, z.unknown(), { method: 'DELETE' });
  output.print({ ref, deleted: true }, () => `deleted ${ref}`);
}

function toProjectTable(projects: readonly Project[]): string {
  return toTable(
    ['ref', 'name', 'status'],
    projects.map((project) => [project.ref, project.name, project.status ?? '']),
  );
}
