/** Apps that users of an environment may sign in to with it: operators register, change and remove them. */

import type { Actor } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import { auditAuth } from '#lib/control/end-users.ts';
import { openEnvironment } from '#lib/control/environment-access.ts';
import { changeRecorded, type RecordedChange } from '#lib/control/recorded-change.ts';
import type { UserState } from '#lib/engine/audit/user-state.ts';
import type { Connection } from '#lib/engine/database.ts';
import { parseChanges, parseMetadata, type Registration } from '#lib/engine/oauth/client-metadata.ts';
import {
  deleteClient,
  findClient,
  insertClient,
  listClients,
  type OAuthClient,
  renewSecret,
  updateClient,
} from '#lib/engine/oauth/oauth-clients.ts';
import { Problem } from '#lib/http/problem.ts';
import { hashToken, randomToken } from '#lib/identity/sealing.ts';

/** A client, and to how many users it is let in. */
export interface ListedClient {
  readonly client: OAuthClient;
  readonly users: number;
}

/** The secret is here once; null for a public client, which has none. */
export interface ClientWithSecret extends ListedClient {
  readonly secret: string | null;
}

export interface Page {
  /** From 1. */
  page: number;
  perPage: number;
}

/** Newest first, also while the OAuth server is off. Needs the role viewer. */
export async function listOAuthClients(
  context: ControlContext,
  actor: Actor,
  ref: string,
  { page, perPage }: Page,
): Promise<{ clients: ListedClient[]; total: number }> {
  const { database } = await openEnvironment(context, actor, ref, 'viewer');
  return database.read((connection) => {
    const { total, clients } = listClients(connection, perPage, (page - 1) * perPage);
    return { total, clients: clients.map((client) => toListed(connection, client)) };
  });
}

/** 422 for what the auth service refuses too. Needs the role admin, as every change below. */
export async function createOAuthClient(
  context: ControlContext,
  actor: Actor,
  ref: string,
  registration: Registration,
): Promise<ClientWithSecret> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const metadata = parseMetadata(registration, 'manual', refused);
  const secret = metadata.isPublic ? null : randomToken();
  const detail = { name: metadata.name, redirect_uris: metadata.redirectUris, public: metadata.isPublic };
  let id: string | null = null;
  const change: RecordedChange = {
    action: 'oauth_client.create',
    subject: metadata.name || 'unnamed client',
    detail,
    state: (connection) => (id === null ? null : toState(connection, id)),
  };
  return changeRecorded(context, actor, opened, change, (connection) => {
    const client = insertClient(connection, metadata, secret === null ? null : hashToken(secret), Date.now());
    id = client.id;
    return { ...toListed(connection, client), secret };
  });
}

/** Only what is there changes; requests under way end when addresses do. */
export async function updateOAuthClient(
  context: ControlContext,
  actor: Actor,
  ref: string,
  id: string,
  registration: Registration,
): Promise<ListedClient> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const present = opened.database.read((connection) => getClient(connection, id));
  const detail = { name: present.name, changed: Object.keys(parseChanges(registration, present, refused)) };
  return changeRecorded(context, actor, opened, toChange('update', present, detail), (connection) => {
    const now = getClient(connection, present.id);
    return toListed(connection, updateClient(connection, now, parseChanges(registration, now, refused), Date.now()));
  });
}

/** The old secret is dead at once; sessions go on. 422 for a public client. */
export async function renewOAuthClientSecret(
  context: ControlContext,
  actor: Actor,
  ref: string,
  id: string,
): Promise<ClientWithSecret> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const present = opened.database.read((connection) => getClient(connection, id));
  if (present.isPublic) throw refused('A public client has no secret.');
  const secret = randomToken();
  return changeRecorded(context, actor, opened, toChange('renew_secret', present, { name: present.name }), (connection) => {
    const client = renewSecret(connection, getClient(connection, present.id), hashToken(secret), Date.now());
    return { ...toListed(connection, client), secret };
  });
}

/** What users agreed to goes with it, and its tokens are dead. */
export async function deleteOAuthClient(context: ControlContext, actor: Actor, ref: string, id: string): Promise<void> {
  const opened = await openEnvironment(context, actor, ref, 'admin');
  const present = opened.database.read((connection) => getClient(connection, id));
  await changeRecorded(context, actor, opened, toChange('delete', present, { name: present.name }), (connection) =>
    deleteClient(connection, present.id),
  );
}

export interface ClientUser {
  id: string;
  email: string | null;
  phone: string | null;
  scopes: string[];
  /** Since when. */
  since: string;
}

/** Who let the client in, newest first. Needs the role developer, as reading users does. */
export async function listOAuthClientUsers(
  context: ControlContext,
  actor: Actor,
  ref: string,
  id: string,
  { page, perPage }: Page,
): Promise<{ users: ClientUser[]; total: number }> {
  const { access, database } = await openEnvironment(context, actor, ref, 'developer');
  if (access.project.hipaa) await auditAuth(context, actor, ref, access.project.ref, 'oauth_client.list_users', id, { page });
  return database.read((connection) => {
    const client = getClient(connection, id);
    const sql = `SELECT u.id, u.email, u.phone, c.scopes, c.granted_at FROM _koyalite_oauth_consents c
      JOIN _koyalite_users u ON u.id = c.user_id WHERE c.client_id = ? ORDER BY c.granted_at DESC, u.id LIMIT ? OFFSET ?`;
    const users = connection.all(sql, client.id, perPage, (page - 1) * perPage).map((row) => ({
      id: String(row.id),
      email: typeof row.email === 'string' ? row.email : null,
      phone: typeof row.phone === 'string' ? row.phone : null,
      scopes: String(row.scopes).split(' ').filter(Boolean),
      since: String(row.granted_at),
    }));
    return { users, total: countUsers(connection, client.id) };
  });
}

function getClient(connection: Connection, id: string): OAuthClient {
  const client = findClient(connection, id);
  if (client !== null) return client;
  throw new Problem({ status: 404, code: 'oauth_client_not_found', message: 'There is no OAuth client with this id.' });
}

function refused(message: string): Problem {
  return new Problem({ status: 422, code: 'invalid_client', message });
}

function toListed(connection: Connection, client: OAuthClient): ListedClient {
  return { client, users: countUsers(connection, client.id) };
}

function countUsers(connection: Connection, id: string): number {
  return Number(connection.value('SELECT count(*) FROM _koyalite_oauth_consents WHERE client_id = ?', id) ?? 0);
}

function toChange(verb: string, { id }: OAuthClient, detail: Record<string, unknown>): RecordedChange {
  return { action: `oauth_client.${verb}`, subject: id, detail, state: (connection) => toState(connection, id) };
}

/** A client as the record compares it: a new secret shows as one, without being told. */
function toState(connection: Connection, id: string): UserState | null {
  const client = findClient(connection, id);
  if (client === null) return null;
  const { secretHash, createdAt: _created, updatedAt: _updated, ...rest } = client;
  return { ...rest, password: secretHash };
}
