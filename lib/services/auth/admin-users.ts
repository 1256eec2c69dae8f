/** `/admin/users`: an administrator lists, makes, changes and removes users. */

import { z } from 'zod';
import { readUserState, toChange } from '#lib/engine/audit/user-state.ts';
import type { Connection } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { hashUserPassword, isKnownHash } from '#lib/identity/password-hashes.ts';
import { pageHeaders, parsePage } from '#lib/services/auth/admin-pages.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { requireAdmin } from '#lib/services/auth/bearer.ts';
import { metadataRecord, readBody } from '#lib/services/auth/body.ts';
import { emailExists, phoneExists } from '#lib/services/auth/contact-change.ts';
import { parseEmail, parsePhone } from '#lib/services/auth/contacts.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { refreshContactMetadata } from '#lib/services/auth/new-users.ts';
import { deleteOneTimeTokens } from '#lib/services/auth/one-time-tokens.ts';
import { checkNewPassword } from '#lib/services/auth/password-policy.ts';
import { isUuid } from '#lib/services/auth/rows.ts';
import { deleteUserSessions } from '#lib/services/auth/sessions.ts';
import { softDelete } from '#lib/services/auth/soft-delete.ts';
import { toUserJson } from '#lib/services/auth/user-json.ts';
import {
  findUser,
  findUserByEmail,
  findUserByPhone,
  getUser,
  insertUser,
  mergeMetadata,
  toUser,
  type User,
  type UserChanges,
  updateUser,
  withProvider,
} from '#lib/services/auth/users.ts';

/** Throws 404 when the path's `{id}` is no user id. */
export function userIdOf(context: AuthContext): string {
  const id = context.params.id ?? '';
  if (!isUuid(id)) throw authError(404, 'validation_failed', 'user_id must be an UUID');
  return id.toLowerCase();
}

const sortColumns = new Set(['created_at', 'updated_at', 'last_sign_in_at', 'email', 'phone', 'id']);

export function listUsers(context: AuthContext): HttpResponse {
  requireAdmin(context);
  const page = parsePage(context.query);
  const filter = context.query.get('filter') ?? '';
  const [column = '', direction] = (context.query.get('sort') ?? 'created_at desc').split(/[ .]/);
  if (!sortColumns.has(column)) throw validationFailed('Bad Sort Parameters: unknown column');
  const order = direction?.toLowerCase() === 'asc' ? 'ASC' : 'DESC';
  const where = `WHERE :filter = '' OR instr(lower(coalesce(email, '') || ' ' || coalesce(phone, '') || ' ' || id ||
    ' ' || coalesce(raw_user_meta_data ->> 'full_name', '')), lower(:filter)) > 0`;
  return context.database.read((connection) => {
    const total = Number(connection.value(`SELECT count(*) FROM _koyalite_users ${where}`, { filter }) ?? 0);
    const rows = connection.all(
      `SELECT * FROM _koyalite_users ${where} ORDER BY ${column} ${order}, rowid ${order} LIMIT :limit OFFSET :offset`,
      {
        filter,
        limit: page.perPage,
        offset: (page.page - 1) * page.perPage,
      },
    );
    const users = rows.map((row) => toUserJson(connection, toUser(row)));
    return jsonResponse(200, { users, aud: 'authenticated' }, pageHeaders('/admin/users', page, total));
  });
}

export function readUserById(context: AuthContext): HttpResponse {
  requireAdmin(context);
  const id = userIdOf(context);
  return jsonResponse(
    200,
    context.database.read((connection) => toUserJson(connection, getUser(connection, id))),
  );
}

const metadata = metadataRecord.nullish();
const text = z.string().nullish();
const bodySchema = z.object({
  id: text,
  email: text,
  phone: text,
  password: text,
  password_hash: text,
  email_confirm: z.boolean().nullish(),
  phone_confirm: z.boolean().nullish(),
  user_metadata: metadata,
  app_metadata: metadata,
  role: text,
  aud: text,
  ban_duration: text,
});
type Body = z.output<typeof bodySchema>;

export async function createUser(context: AuthContext): Promise<HttpResponse> {
  requireAdmin(context);
  const body = await readBody(context, bodySchema);
  if (!body.email && !body.phone) throw validationFailed('Cannot create a user without either an email or phone');
  if (body.password && body.password_hash) throw validationFailed('Only a password or a password hash should be provided');
  if (body.id && !isUuid(body.id)) throw validationFailed('ID must conform to the uuid v4 format');
  const changes = await toChanges(context, body, null);
  const json = await context.database.write((connection) => {
    requireFree(connection, changes, null);
    const id = body.id?.toLowerCase();
    if (id !== undefined && findUser(connection, id) !== null)
      throw authError(422, 'conflict', 'A user with this ID has already been registered');
    const user = insertUser(connection, changes, context.now(), id);
    recordAudit(connection, context, {
      action: 'user_signedup',
      actorId: null,
      subjectId: user.id,
      traits: { by: 'service_role' },
      ...toChange(null, readUserState(connection, user.id)),
    });
    return toUserJson(connection, refreshContactMetadata(connection, context, user, 'present'));
  });
  return jsonResponse(200, json);
}

export async function updateUserById(context: AuthContext): Promise<HttpResponse> {
  requireAdmin(context);
  const id = userIdOf(context);
  const present = context.database.read((connection) => getUser(connection, id));
  const changes = await toChanges(context, await readBody(context, bodySchema), present);
  const json = await context.database.write((connection) => {
    requireFree(connection, changes, id);
    const before = readUserState(connection, id);
    const user = updateUser(connection, id, changes, context.now());
    if (changes.encrypted_password !== undefined || isBanning(changes)) {
      deleteUserSessions(connection, id, null);
      deleteOneTimeTokens(connection, id);
    }
    recordAudit(connection, context, {
      action: 'user_modified',
      actorId: null,
      subjectId: id,
      traits: { by: 'service_role', fields: Object.keys(changes) },
      ...toChange(before, readUserState(connection, id)),
    });
    return toUserJson(connection, refreshContactMetadata(connection, context, user, 'present'));
  });
  return jsonResponse(200, json);
}

export async function deleteUser(context: AuthContext): Promise<HttpResponse> {
  requireAdmin(context);
  const id = userIdOf(context);
  const body = await readBody(context, z.object({ should_soft_delete: z.boolean().nullish() }));
  await context.database.write((connection) => {
    const user = getUser(connection, id);
    if (body.should_soft_delete === true) softDelete(connection, context, user);
    else connection.run('DELETE FROM _koyalite_users WHERE id = ?', id);
    recordAudit(connection, context, { action: 'user_deleted', actorId: null, subjectId: id, traits: { by: 'service_role' } });
  });
  return jsonResponse(200, {});
}

function isBanning(changes: UserChanges): boolean {
  return changes.banned_until !== undefined && changes.banned_until !== null;
}

async function toChanges(context: AuthContext, body: Body, present: User | null): Promise<UserChanges> {
  const at = toStoredTime(context.now());
  const changes: UserChanges = {};
  if (body.email) {
    changes.email = parseEmail(body.email);
    changes.email_change = null;
  }
  if (body.phone) {
    changes.phone = parsePhone(body.phone);
    changes.phone_change = null;
  }
  if (body.email_confirm) changes.email_confirmed_at = present?.emailConfirmedAt ?? at;
  if (body.phone_confirm) changes.phone_confirmed_at = present?.phoneConfirmedAt ?? at;
  const hash = await passwordHashOf(context, body);
  if (hash !== null) changes.encrypted_password = hash;
  if (body.role) changes.role = body.role;
  if (body.aud) changes.aud = body.aud;
  if (body.ban_duration) changes.banned_until = parseBan(body.ban_duration, context.now());
  if (body.user_metadata) changes.raw_user_meta_data = mergeMetadata(present?.userMetadata ?? {}, body.user_metadata);
  const appMetadata = appMetadataOf(changes, body, present);
  if (appMetadata !== null) changes.raw_app_meta_data = appMetadata;
  return changes;
}

function appMetadataOf(changes: UserChanges, body: Body, present: User | null): Record<string, unknown> | null {
  const added = (['email', 'phone'] as const).filter(
    (provider) => changes[provider] !== undefined && (present === null || present[provider] === null),
  );
  if (added.length === 0 && !body.app_metadata) return null;
  const merged = mergeMetadata(present?.appMetadata ?? {}, body.app_metadata ?? {});
  return added.reduce<Record<string, unknown>>(withProvider, merged);
}

async function passwordHashOf(context: AuthContext, body: Body): Promise<string | null> {
  if (body.password_hash) {
    if (!isKnownHash(body.password_hash)) throw validationFailed('Password hash format is not supported');
    return body.password_hash;
  }
  if (!body.password) return null;
  await checkNewPassword(context, body.password);
  return hashUserPassword(body.password);
}

function requireFree(connection: Connection, changes: UserChanges, ownId: string | null): void {
  const byEmail = changes.email ? findUserByEmail(connection, changes.email) : null;
  if (byEmail !== null && byEmail.id !== ownId) throw emailExists();
  const byPhone = changes.phone ? findUserByPhone(connection, changes.phone) : null;
  if (byPhone !== null && byPhone.id !== ownId) throw phoneExists();
}

const unitMs: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, ns: 0.000001 };

/** Go's durations, as `24h` or `1h30m`; `none` lifts a ban. */
function parseBan(text: string, nowMs: number): string | null {
  if (text === 'none') return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw validationFailed(`invalid format for ban duration: time: invalid duration "${text.slice(0, 40)}"`);
  const durationMs = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (unitMs[unit] ?? 0), 0);
  return toStoredTime(Math.min(nowMs + durationMs, Date.UTC(9999, 11, 31)));
}
