/** What an entry about a user says of the user before and after: the columns that decide who they are and what they may. */

import type { Connection } from '#lib/engine/database.ts';

export type UserState = Readonly<Record<string, unknown>>;

const columns = [
  ...['email', 'phone', 'username', 'role', 'email_confirmed_at', 'phone_confirmed_at', 'email_change', 'phone_change'],
  ...['banned_until', 'deleted_at', 'is_anonymous', 'is_sso_user', 'raw_app_meta_data', 'raw_user_meta_data'],
];

/** Null when nobody has this id. */
export function readUserState(connection: Connection, id: string): UserState | null {
  const row = connection.get(`SELECT ${columns.join(', ')}, encrypted_password FROM _koyalite_users WHERE id = ?`, id);
  if (row === undefined) return null;
  const { raw_app_meta_data, raw_user_meta_data, encrypted_password, ...rest } = row;
  return {
    ...rest,
    app_metadata: JSON.parse(String(raw_app_meta_data)),
    user_metadata: JSON.parse(String(raw_user_meta_data)),
    password: encrypted_password,
  };
}

/** Only what differs. A password shows as having changed; of `user_metadata`, which is the user's own, only the names do. */
export function toChange(before: UserState | null, after: UserState | null): { before?: UserState; after?: UserState } {
  const names = Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
  );
  const pick = (state: UserState, other: UserState | null) =>
    Object.fromEntries(names.map((name) => [name, toShown(name, state[name], other?.[name])]));
  return {
    ...(before === null ? {} : { before: pick(before, after) }),
    ...(after === null ? {} : { after: pick(after, before) }),
  };
}

function toShown(name: string, value: unknown, other: unknown): unknown {
  if (name === 'password') return value === null ? null : '(set)';
  if (name !== 'user_metadata') return value ?? null;
  const [mine, theirs] = [toRecord(value), toRecord(other)];
  return Object.keys(mine).filter((key) => JSON.stringify(mine[key]) !== JSON.stringify(theirs[key]));
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
