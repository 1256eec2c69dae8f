/** An environment's end users and their sessions, as operators see them. */

import { z } from 'zod';
import type { Actor } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import type { Connection, Row } from '#lib/engine/database.ts';
import { Problem } from '#lib/http/problem.ts';

const text = z.string();
const moment = z.string().nullable();
const json = z.string().transform((stored): Record<string, unknown> => jsonObject.parse(JSON.parse(stored)));
const jsonObject = z.record(z.string(), z.unknown());
const flag = z.union([z.number(), z.bigint()]).transform((stored) => Number(stored) === 1);

const rowSchema = z
  .object({
    id: text,
    email: moment,
    phone: moment,
    role: text,
    raw_app_meta_data: json,
    raw_user_meta_data: json,
    email_confirmed_at: moment,
    phone_confirmed_at: moment,
    last_sign_in_at: moment,
    banned_until: moment,
    deleted_at: moment,
    is_anonymous: flag,
    created_at: text,
    updated_at: text,
    providers: z.string().transform((stored) => z.array(z.string()).parse(JSON.parse(stored))),
    verified_factors: z.coerce.number(),
  })
  .transform(({ raw_app_meta_data, raw_user_meta_data, ...rest }) => ({
    ...rest,
    app_metadata: raw_app_meta_data,
    user_metadata: raw_user_meta_data,
  }));

export type EndUser = z.output<typeof rowSchema>;

const columns = `u.*, (SELECT json_group_array(i.provider) FROM _koyalite_identities i WHERE i.user_id = u.id) AS providers,
  (SELECT count(*) FROM _koyalite_mfa_factors f WHERE f.user_id = u.id AND f.status = 'verified') AS verified_factors`;

export interface EndUserQuery {
  /** Part of an email, phone number, id or full name. */
  search: string;
  /** From 1. */
  page: number;
  perPage: number;
}

/** Newest first. Needs the role developer; recorded where the project is under HIPAA. */
export async function listEndUsers(
  context: ControlContext,
  actor: Actor,
  ref: string,
  { search, page, perPage }: EndUserQuery,
): Promise<{ users: EndUser[]; total: number }> {
  const { access, database } = await openEnvironment(context, actor, ref, 'developer');
  if (access.project.hipaa) await auditAuth(context, actor, ref, access.project.ref, 'auth_user.list', ref, { search, page });
  const where = `WHERE :search = '' OR instr(lower(coalesce(u.email, '') || ' ' || coalesce(u.phone, '') || ' ' || u.id || ' ' ||
    coalesce(u.raw_user_meta_data ->> 'full_name', '')), lower(:search)) > 0`;
  return database.read((connection) => ({
    total: Number(connection.value(`SELECT count(*) FROM _koyalite_users u ${where}`, { search }) ?? 0),
    users: connection
      .all(
        `SELECT ${columns} FROM _koyalite_users u ${where} ORDER BY u.created_at DESC, u.rowid DESC LIMIT :limit OFFSET :offset`,
        {
          search,
          limit: perPage,
          offset: (page - 1) * perPage,
        },
      )
      .map(toEndUser),
  }));
}

export async function getEndUser(context: ControlContext, actor: Actor, ref: string, id: string): Promise<EndUser> {
  const { access, database } = await openEnvironment(context, actor, ref, 'developer');
  if (access.project.hipaa) await auditAuth(context, actor, ref, access.project.ref, 'auth_user.read', id);
  return database.read((connection) => readEndUser(connection, id));
}

/** 404 when nobody has this id. */
export function readEndUser(connection: Connection, id: string): EndUser {
  const row = connection.get(`SELECT ${columns} FROM _koyalite_users u WHERE u.id = ?`, id.toLowerCase());
  if (row === undefined) throw new Problem({ status: 404, code: 'user_not_found', message: 'There is no user with this id.' });
  return toEndUser(row);
}

function toEndUser(row: Row): EndUser {
  return rowSchema.parse(row);
}

/** Recorded before the deed: the two databases share no transaction, and an entry too many is better than one too few. */
export function auditAuth(
  context: ControlContext,
  actor: Actor,
  ref: string,
  projectRef: string,
  action: string,
  subject: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  const event = { action, subject, projectRef, after: { environment: ref, ...detail } };
  return inTransaction(context, (transaction) => appendAudit(transaction, context.masterKey, actor, event));
}

const sessionSchema = z.object({
  id: text,
  created_at: text,
  refreshed_at: moment,
  not_after: moment,
  aal: text,
  ip: moment,
  user_agent: moment,
  oauth_client_name: moment,
});

export type EndUserSession = z.output<typeof sessionSchema>;

/** Newest first. */
export async function listEndUserSessions(
  context: ControlContext,
  actor: Actor,
  ref: string,
  id: string,
): Promise<EndUserSession[]> {
  const { database } = await openEnvironment(context, actor, ref, 'developer');
  return database.read((connection) => {
    const user = readEndUser(connection, id);
    const sql = `SELECT s.*, CASE WHEN c.client_name = '' THEN c.id ELSE c.client_name END AS oauth_client_name
      FROM _koyalite_sessions s LEFT JOIN _koyalite_oauth_clients c ON c.id = s.oauth_client_id
      WHERE s.user_id = ? ORDER BY s.created_at DESC`;
    return connection.all(sql, user.id).map((row) => sessionSchema.parse(row));
  });
}
