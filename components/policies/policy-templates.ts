/** Common rules to start a policy from, filled in with the table's own columns. */

import type { PolicyTable } from '#components/platform/use-policies.ts';
import { emptyDraft, type PolicyDraft, quoteName, toTableName } from '#components/policies/policy-sql.ts';

export interface PolicyTemplate {
  id: string;
  label: string;
  hint: string;
  make: (table: PolicyTable, tables: readonly PolicyTable[]) => PolicyDraft;
}

const ownerNames = ['owner', 'owner_id', 'user_id', 'author', 'author_id', 'created_by', 'id'];

/** The column that says whose a row is; a guess to be read by a person. */
export function findOwner(table: PolicyTable): string {
  const referring = table.columns.find((column) => column.references === 'auth.users');
  const uuids = table.columns.filter((column) => column.type === 'uuid');
  const named = ownerNames.map((name) => uuids.find((column) => column.name === name)).find((column) => column !== undefined);
  return (referring ?? named ?? uuids[0])?.name ?? 'owner';
}

interface Membership {
  /** The table that says who belongs to what. */
  table: string;
  group: string;
  user: string;
  /** The column of the protected table that names the group. */
  own: string;
}

/** A table with a column for the user and one that refers to what this table refers to. */
export function findMembership(table: PolicyTable, tables: readonly PolicyTable[]): Membership {
  for (const other of tables) {
    const user = other.columns.find((column) => column.references === 'auth.users' || column.name === 'user_id');
    if (other === table || user === undefined) continue;
    for (const own of table.columns) {
      const group = other.columns.find(
        (column) =>
          column !== user &&
          (column.name === own.name || (column.references !== null && column.references === own.references)) &&
          own.name !== 'id' &&
          own.references !== 'auth.users',
      );
      if (group)
        return { table: toTableName(other), group: quoteName(group.name), user: quoteName(user.name), own: quoteName(own.name) };
    }
  }
  return { table: 'members', group: 'team_id', user: 'user_id', own: 'team_id' };
}

const own = (table: PolicyTable) => `${quoteName(findOwner(table))} = (select auth.uid())`;

export const policyTemplates: readonly PolicyTemplate[] = [
  {
    id: 'owner-all',
    label: 'Owners do everything with their rows',
    hint: 'Reads, adds, changes and deletes rows that bear their id.',
    make: (table) => ({ ...emptyDraft, name: 'owners have their rows', command: 'all', using: own(table), check: own(table) }),
  },
  {
    id: 'owner-read',
    label: 'Owners read their rows',
    hint: 'Nobody writes by it.',
    make: (table) => ({ ...emptyDraft, name: 'owners read', command: 'select', using: own(table) }),
  },
  {
    id: 'owner-insert',
    label: 'Owners add rows of their own',
    hint: 'A row for somebody else is refused.',
    make: (table) => ({ ...emptyDraft, name: 'owners add', command: 'insert', check: own(table) }),
  },
  {
    id: 'members',
    label: 'Members of a team read its rows',
    hint: 'Through a table that says who belongs to what.',
    make: (table, tables) => {
      const { table: from, group, user, own: column } = findMembership(table, tables);
      const using = `${column} in (select m.${group} from ${from} m where m.${user} = (select auth.uid()))`;
      return { ...emptyDraft, name: 'members read', command: 'select', using };
    },
  },
  {
    id: 'everyone-read',
    label: 'Everyone reads',
    hint: 'Also without signing in.',
    make: () => ({ ...emptyDraft, name: 'everyone reads', command: 'select', roles: [], using: 'true' }),
  },
  {
    id: 'signed-in-read',
    label: 'Whoever is signed in reads',
    hint: 'Every user of the app, no visitor.',
    make: () => ({ ...emptyDraft, name: 'signed-in users read', command: 'select', using: 'true' }),
  },
  {
    id: 'role',
    label: 'A role of the app changes rows',
    hint: 'See the page Roles.',
    make: () => ({
      ...emptyDraft,
      name: 'editors change',
      command: 'update',
      using: "(select auth.has_role('editor'))",
      check: "(select auth.has_role('editor'))",
    }),
  },
  {
    id: 'two-factor',
    label: 'Only after two factors',
    hint: 'Restrictive: narrows what other policies admit.',
    make: () => ({
      ...emptyDraft,
      name: 'two factors',
      command: 'all',
      permissive: false,
      using: "(select auth.jwt() ->> 'aal') = 'aal2'",
      check: "(select auth.jwt() ->> 'aal') = 'aal2'",
    }),
  },
];
