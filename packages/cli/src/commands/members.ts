/** `koyalite members …`: who works on a project. */

import type { Command } from 'commander';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { toTable } from '../output.ts';
import { type PlatformApi, path } from '../platform-api.ts';

const memberSchema = z.looseObject({ id: z.string(), email: z.string(), name: z.string(), role: z.string() });
const inviteSchema = z.looseObject({ email: z.string(), role: z.string(), link: z.string() });

export function addMembers(program: Command, bind: Bind): void {
  const members = program.command('members').description('list, invite, change and remove the members of a project');
  members.command('list <ref>').description('list members').action(bind(listMembers));
  members.command('add <ref> <email> <role>').description('add an operator there is').action(bind(addMember));
  members.command('invite <ref> <email> <role>').description('make an invitation link').action(bind(inviteMember));
  members.command('role <ref> <email> <role>').description('viewer, developer, admin or owner').action(bind(changeRole));
  members.command('remove <ref> <email>').description('remove a member').action(bind(removeMember));
}

async function listMembers({ api, output }: Context, ref: string): Promise<void> {
  const members = await api.call(path`/projects/${ref}/members`, z.array(memberSchema));
  const rows = members.map((member) => [member.email, member.name, member.role]);
  output.print(members, () => toTable(['email', 'name', 'role'], rows));
}

async function addMember({ api, output }: Context, ref: string, email: string, role: string): Promise<void> {
  const json = { email, role };
  const member = await api.call(path`/projects/${ref}/members`, memberSchema, { method: 'POST', json });
  output.print(member, () => `added ${member.email} as ${member.role}`);
}

async function inviteMember({ api, output }: Context, ref: string, email: string, role: string): Promise<void> {
  const json = { email, role };
  const invite = await api.call(path`/projects/${ref}/invites`, inviteSchema, { method: 'POST', json });
  const link = new URL(invite.link, `${api.server.url}/`).href;
  output.print({ ...invite, link }, () => `${link}\n\ngood for a week, once; it is not shown again`);
}

async function changeRole({ api, output }: Context, ref: string, email: string, role: string): Promise<void> {
  const id = await findMemberId(api, ref, email);
  const json = { role };
  const member = await api.call(path`/projects/${ref}/members/${id}`, memberSchema, { method: 'PATCH', json });
  output.print(member, () => `${member.email} is ${member.role} now`);
}

async function removeMember({ api, output }: Context, ref: string, email: string): Promise<void> {
  const id = await findMemberId(api, ref, email);
  await api.call(path`/projects/${ref}/members/${id}`, z.unknown(), { method: 'DELETE' });
  output.print({ email, removed: true }, () => `removed ${email}`);
}

async function findMemberId(api: PlatformApi, ref: string, email: string): Promise<string> {
  const members = await api.call(path`/projects/${ref}/members`, z.array(memberSchema));
  const member = members.find((one) => one.email === email.toLowerCase());
  if (member === undefined) throw new CliError(`${email} is no member of ${ref}`, `koyalite members list ${ref}`);
  return member.id;
}
