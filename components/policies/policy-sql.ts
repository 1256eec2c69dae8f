/** Statements that make, change and drop a policy, from what the form holds. */

import type { Policy, PolicyTable } from '#components/platform/use-policies.ts';

export interface PolicyDraft {
  name: string;
  command: Policy['command'];
  permissive: boolean;
  /** Empty: everybody. */
  roles: string[];
  using: string;
  check: string;
  /** The template it was started from. */
  template?: string;
}

export const emptyDraft: PolicyDraft = {
  name: '',
  command: 'select',
  permissive: true,
  roles: ['authenticated'],
  using: '',
  check: '',
};

export function toDraft(policy: Policy): PolicyDraft {
  const { name, command, permissive, roles, using, check } = policy;
  return {
    name,
    command,
    permissive,
    roles: roles.filter((role) => role !== 'public'),
    using: using ?? '',
    check: check ?? '',
  };
}

/** Whether a command looks at rows that are there, and at rows that are written. */
export const usesUsing = (command: Policy['command']) => command !== 'insert';
export const usesCheck = (command: Policy['command']) => command !== 'select' && command !== 'delete';

const reserved = new Set(
  'all and as between by case check collate column constraint create default delete distinct else end except exists for foreign from grant group having in index insert intersect into is join key like limit not null on or order primary references select set table then to transaction union unique update user using values when where with'.split(
    ' ',
  ),
);

/** Bare where SQL reads it as it is written. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

export function toTableName({ schema, name }: Pick<PolicyTable, 'schema' | 'name'>): string {
  return schema === 'public' ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`;
}

function toRoles(roles: readonly string[]): string {
  return roles.length === 0 ? 'public' : roles.map((role) => quoteName(role)).join(', ');
}

function toExpressions({ command, using, check }: PolicyDraft): string[] {
  return [
    ...(usesUsing(command) && using.trim() !== '' ? [`  using (${using.trim()})`] : []),
    ...(usesCheck(command) && check.trim() !== '' ? [`  with check (${check.trim()})`] : []),
  ];
}

export function toCreate(table: PolicyTable, draft: PolicyDraft): string {
  const head = `create policy ${quoteName(draft.name.trim())} on ${toTableName(table)}`;
  const kind = draft.permissive ? '' : '  as restrictive\n';
  return `${[`${head}\n${kind}  for ${draft.command} to ${toRoles(draft.roles)}`, ...toExpressions(draft)].join('\n')};`;
}

export function toDrop(table: PolicyTable, name: string): string {
  return `drop policy ${quoteName(name)} on ${toTableName(table)};`;
}

/** ALTER where it can say it; otherwise the policy is dropped and made anew, in one transaction. */
export function toChange(table: PolicyTable, before: Policy, draft: PolicyDraft): string {
  const was = toDraft(before);
  const name = draft.name.trim();
  const removes =
    (was.using.trim() !== '' && draft.using.trim() === '') || (was.check.trim() !== '' && draft.check.trim() === '');
  if (draft.command !== was.command || draft.permissive !== was.permissive || removes) {
    return `${toDrop(table, before.name)}\n${toCreate(table, draft)}`;
  }
  const target = `on ${toTableName(table)}`;
  const rename = name === before.name ? [] : [`alter policy ${quoteName(before.name)} ${target} rename to ${quoteName(name)};`];
  const isSame =
    draft.using.trim() === was.using.trim() &&
    draft.check.trim() === was.check.trim() &&
    [...draft.roles].sort().join() === [...was.roles].sort().join();
  if (isSame) return rename.join('\n');
  const alter = [`alter policy ${quoteName(name)} ${target}\n  to ${toRoles(draft.roles)}`, ...toExpressions(draft)].join('\n');
  return [...rename, `${alter};`].join('\n');
}

export function toRlsSwitch(table: PolicyTable, on: boolean): string {
  return `alter table ${toTableName(table)} ${on ? 'enable' : 'disable'} row level security;`;
}
