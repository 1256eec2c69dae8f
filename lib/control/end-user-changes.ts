/** Operators make, change and remove end users of an environment. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Actor } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { type EndUser, readEndUser } from '#lib/control/end-users.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { changeRecorded } from '#lib/control/recorded-change.ts';
import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import { Problem } from '#lib/http/problem.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import { hashUserPassword } from '#lib/identity/password-hashes.ts';

export interface EndUserChanges {
  email?: string | undefined;
  phone?: string | undefined;
  password?: string | undefined;
  emailConfirm?: boolean | undefined;
  phoneConfirm?: boolean | undefined;
  userMetadata?: Record<string, unknown> | undefined;
  appMetadata?: Record<string, unknown> | undefined;
  /** Seconds from now; 0 lifts a ban. */
  banSeconds?: number | undefined;
}

type Columns = Record<string, SqlValue>;

/** 422 when the email or phone is taken. Needs the role admin. */
export async function createEndUser(
  context: ControlContext,
  actor: Actor,
  ref: string,
  wanted: EndUserChanges,
): Promise<EndUser> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const { record, database } = opened;
  const id = randomUUID();
  const columns = await toColumns(record, wanted, null);
  const provider = wanted.email === undefined ? 'phone' : 'email';
  const metadata = { ...wanted.appMetadata, provider, providers: [provider] };
  database.read((connection) => requireFree(connection, wanted, id));
  const detail = { email: wanted.email ?? null, phone: wanted.phone ?? null };
  const change = { action: 'auth_user.create', subject: id, detail };
  return changeRecorded(context, actor, opened, change, (connection) => {
    requireFree(connection, wanted, id);
    const at = toStoredTime(Date.now());
    const row: Columns = {
      id,
      ...columns,
      raw_app_meta_data: JSON.stringify(metadata),
      raw_user_meta_data: JSON.stringify(wanted.userMetadata ?? {}),
      created_at: at,
      updated_at: at,
    };
    const names = Object.keys(row);
    const sql = `INSERT INTO _koyalite_users(${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    connection.run(sql, ...Object.values(row));
    putContactIdentities(connection, readEndUser(connection, id));
    return readEndUser(connection, id);
  });
}

/** Metadata merges by key, null removes one. A new password or a ban ends every session. Needs the role admin. */
export async function updateEndUser(
  context: ControlContext,
  actor: Actor,
  ref: string,
  id: string,
  wanted: EndUserChanges,
): Promise<EndUser> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const { record, database } = opened;
  const present = database.read((connection) => {
    requireFree(connection, wanted, id);
    return readEndUser(connection, id);
  });
  const columns = await toColumns(record, wanted, present);
  const detail = {
    changed: Object.keys(columns),
    ...(wanted.banSeconds === undefined ? {} : { ban_seconds: wanted.banSeconds }),
  };
  const change = { action: 'auth_user.update', subject: present.id, detail };
  return changeRecorded(context, actor, opened, change, (connection) => {
    requireFree(connection, wanted, present.id);
    // Read again: another change of the metadata may have come between.
    const now = readEndUser(connection, present.id);
    const changes: Columns = { ...columns, ...toMetadata(wanted, now), updated_at: toStoredTime(Date.now()) };
    const sets = Object.keys(changes).map((name) => `${name} = ?`);
    connection.run(`UPDATE _koyalite_users SET ${sets.join(', ')} WHERE id = ?`, ...Object.values(changes), now.id);
    if (wanted.password !== undefined || (wanted.banSeconds ?? 0) > 0) {
      connection.run('DELETE FROM _koyalite_sessions WHERE user_id = ?', now.id);
      connection.run('DELETE FROM _koyalite_one_time_tokens WHERE user_id = ?', now.id);
    }
    putContactIdentities(connection, readEndUser(connection, now.id));
    return readEndUser(connection, now.id);
  });
}

/** Removes the user with all that hangs on it. Needs the role admin. */
export async function deleteEndUser(context: ControlContext, actor: Actor, ref: string, id: string): Promise<void> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const user = opened.database.read((connection) => readEndUser(connection, id));
  // The environment's record outlives the user: it says who went by the id alone.
  const change = { action: 'auth_user.delete', subject: user.id, detail: { email: user.email }, state: () => null };
  await changeRecorded(context, actor, opened, change, (connection) =>
    connection.run('DELETE FROM _koyalite_users WHERE id = ?', user.id),
  );
}

async function toColumns(record: EnvironmentRecord, wanted: EndUserChanges, present: EndUser | null): Promise<Columns> {
  const at = toStoredTime(Date.now());
  const columns: Columns = {};
  if (wanted.email !== undefined) Object.assign(columns, { email: wanted.email, email_change: null });
  if (wanted.phone !== undefined) Object.assign(columns, { phone: wanted.phone, phone_change: null });
  if (wanted.emailConfirm === true) columns.email_confirmed_at = present?.email_confirmed_at ?? at;
  if (wanted.phoneConfirm === true) columns.phone_confirmed_at = present?.phone_confirmed_at ?? at;
  if (wanted.password !== undefined) {
    requireLongEnough(record, wanted.password);
    columns.encrypted_password = await hashUserPassword(wanted.password);
  }
  if (wanted.banSeconds !== undefined) {
    columns.banned_until = wanted.banSeconds === 0 ? null : toStoredTime(Date.now() + wanted.banSeconds * 1000);
  }
  return columns;
}

function toMetadata(wanted: EndUserChanges, present: EndUser): Columns {
  const columns: Columns = {};
  if (wanted.userMetadata !== undefined)
    columns.raw_user_meta_data = JSON.stringify(merge(present.user_metadata, wanted.userMetadata));
  const added = (['email', 'phone'] as const).filter((one) => wanted[one] !== undefined && present[one] === null);
  if (wanted.appMetadata !== undefined || added.length > 0) {
    const merged = merge(present.app_metadata, wanted.appMetadata ?? {});
    const known = z.array(z.string()).safeParse(merged.providers).data ?? [];
    columns.raw_app_meta_data = JSON.stringify({ ...merged, providers: [...new Set([...known, ...added])] });
  }
  return columns;
}

function merge(present: Record<string, unknown>, changes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...present, ...changes }).filter(([, value]) => value !== null));
}

function requireLongEnough(record: EnvironmentRecord, password: string): void {
  const least = z.int().safeParse(record.settings.auth.password_min_length).data ?? 6;
  if ([...password].length >= least && Buffer.byteLength(password) <= 72) return;
  const message = `The password needs ${least} to 72 characters.`;
  throw new Problem({ status: 422, code: 'weak_password', message });
}

function requireFree(connection: Connection, wanted: EndUserChanges, id: string): void {
  for (const name of ['email', 'phone'] as const) {
    const value = wanted[name];
    if (value === undefined) continue;
    const sql = `SELECT 1 FROM _koyalite_users WHERE ${name} = ? AND id <> ? AND is_sso_user = 0`;
    if (connection.value(sql, value, id.toLowerCase()) === undefined) continue;
    throw new Problem({
      status: 422,
      code: `${name}_exists`,
      message: `A user with this ${name} address or number is there already.`,
    });
  }
}

/** The identities of the user's own email and phone follow its row, as after a sign-up. */
function putContactIdentities(connection: Connection, user: EndUser): void {
  const at = toStoredTime(Date.now());
  const providers = z.array(z.string()).safeParse(user.app_metadata.providers).data ?? [];
  for (const provider of ['email', 'phone'] as const) {
    if (user[provider] === null || !providers.includes(provider)) continue;
    const data = {
      sub: user.id,
      [provider]: user[provider],
      email_verified: user.email_confirmed_at !== null,
      phone_verified: user.phone_confirmed_at !== null,
    };
    connection.run(
      `INSERT INTO _koyalite_identities(id, provider_id, user_id, identity_data, provider, created_at, updated_at)
       VALUES (:id, :user, :user, :data, :provider, :at, :at)
       ON CONFLICT (provider, provider_id) DO UPDATE SET identity_data = json_patch(identity_data, excluded.identity_data),
         updated_at = excluded.updated_at`,
      { id: randomUUID(), user: user.id, data: JSON.stringify(data), provider, at },
    );
  }
}
