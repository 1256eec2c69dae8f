/** OAuth clients as rows of `_koyalite_oauth_clients`: apps that users may let act for them. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Connection, Row } from '#lib/engine/database.ts';
import { hashToken, randomToken } from '#lib/identity/sealing.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { findText, isUuid, type JsonObject, textOf, toStoredTime, toWireTime } from '#lib/services/auth/rows.ts';

export interface OAuthClient {
  readonly id: string;
  readonly registrationType: string;
  readonly isPublic: boolean;
  readonly authMethod: string;
  readonly secretHash: string | null;
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly string[];
  readonly name: string;
  readonly uri: string;
  readonly logoUri: string;
  /** The scopes it is held to; null: all there are. */
  readonly scope: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a registration says of a client, checked. */
export interface ClientMetadata {
  readonly registrationType: 'manual' | 'dynamic';
  readonly isPublic: boolean;
  readonly authMethod: string;
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly string[];
  readonly name: string;
  readonly uri: string;
  readonly logoUri: string;
  readonly scope: string | null;
}

const texts = z.array(z.string());

function toClient(row: Row): OAuthClient {
  return {
    id: textOf(row, 'id'),
    registrationType: textOf(row, 'registration_type'),
    isPublic: textOf(row, 'client_type') === 'public',
    authMethod: textOf(row, 'token_endpoint_auth_method'),
    secretHash: findText(row, 'client_secret_hash'),
    redirectUris: texts.parse(JSON.parse(textOf(row, 'redirect_uris'))),
    grantTypes: texts.parse(JSON.parse(textOf(row, 'grant_types'))),
    name: findText(row, 'client_name') ?? '',
    uri: findText(row, 'client_uri') ?? '',
    logoUri: findText(row, 'logo_uri') ?? '',
    scope: findText(row, 'scope'),
    createdAt: textOf(row, 'created_at'),
    updatedAt: textOf(row, 'updated_at'),
  };
}

export function findClient(connection: Connection, id: string): OAuthClient | null {
  const row = isUuid(id) ? connection.get('SELECT * FROM _koyalite_oauth_clients WHERE id = ?', id.toLowerCase()) : undefined;
  return row === undefined ? null : toClient(row);
}

/** Throws 400 for what is no id, 404 for one that nobody has. */
export function getClient(connection: Connection, id: string): OAuthClient {
  if (!isUuid(id)) throw authError(400, 'validation_failed', 'invalid client_id format');
  const client = findClient(connection, id);
  if (client === null) throw authError(404, 'oauth_client_not_found', 'OAuth client not found');
  return client;
}

/** Newest first. */
export function listClients(connection: Connection, limit: number, offset: number): { total: number; clients: OAuthClient[] } {
  const sql = 'SELECT * FROM _koyalite_oauth_clients ORDER BY created_at DESC, rowid DESC LIMIT ? OFFSET ?';
  return {
    total: Number(connection.value('SELECT count(*) FROM _koyalite_oauth_clients') ?? 0),
    clients: connection.all(sql, limit, offset).map(toClient),
  };
}

/** Adds a client; its secret is here once and kept as a hash. Null for public ones, which could not keep it. */
export function insertClient(
  connection: Connection,
  metadata: ClientMetadata,
  nowMs: number,
): { client: OAuthClient; secret: string | null } {
  const id = randomUUID();
  const secret = metadata.isPublic ? null : randomToken();
  const at = toStoredTime(nowMs);
  connection.run(
    `INSERT INTO _koyalite_oauth_clients(id, registration_type, client_type, token_endpoint_auth_method, client_secret_hash,
       redirect_uris, grant_types, client_name, client_uri, logo_uri, scope, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    metadata.registrationType,
    metadata.isPublic ? 'public' : 'confidential',
    metadata.authMethod,
    secret === null ? null : hashToken(secret),
    JSON.stringify(metadata.redirectUris),
    JSON.stringify(metadata.grantTypes),
    metadata.name,
    metadata.uri,
    metadata.logoUri,
    metadata.scope,
    at,
    at,
  );
  return { client: getClient(connection, id), secret };
}

export type ClientChanges = Partial<Pick<OAuthClient, 'redirectUris' | 'grantTypes' | 'name' | 'uri' | 'logoUri' | 'authMethod'>>;

/** Requests that are under way end when the addresses change: an old one may have been taken away for a reason. */
export function updateClient(connection: Connection, client: OAuthClient, changes: ClientChanges, nowMs: number): OAuthClient {
  const next = { ...client, ...changes };
  connection.run(
    `UPDATE _koyalite_oauth_clients SET redirect_uris = ?, grant_types = ?, client_name = ?, client_uri = ?, logo_uri = ?,
       token_endpoint_auth_method = ?, updated_at = ? WHERE id = ?`,
    JSON.stringify(next.redirectUris),
    JSON.stringify(next.grantTypes),
    next.name,
    next.uri,
    next.logoUri,
    next.authMethod,
    toStoredTime(nowMs),
    client.id,
  );
  if (changes.redirectUris !== undefined)
    connection.run('DELETE FROM _koyalite_oauth_authorizations WHERE client_id = ? AND used_at IS NULL', client.id);
  return getClient(connection, client.id);
}

/** The new secret; the old one is dead with the commit. */
export function renewSecret(connection: Connection, client: OAuthClient, nowMs: number): string {
  const secret = randomToken();
  const sql = 'UPDATE _koyalite_oauth_clients SET client_secret_hash = ?, updated_at = ? WHERE id = ?';
  connection.run(sql, hashToken(secret), toStoredTime(nowMs), client.id);
  return secret;
}

/** Consents, requests and sessions go with it: its tokens are dead with the commit. */
export function deleteClient(connection: Connection, id: string): void {
  connection.run('DELETE FROM _koyalite_oauth_clients WHERE id = ?', id);
}

export function toClientJson(client: OAuthClient, secret: string | null = null): JsonObject {
  return {
    client_id: client.id,
    ...(secret === null ? {} : { client_secret: secret }),
    client_type: client.isPublic ? 'public' : 'confidential',
    redirect_uris: client.redirectUris,
    token_endpoint_auth_method: client.authMethod,
    grant_types: client.grantTypes,
    response_types: ['code'],
    client_name: client.name,
    ...(client.uri === '' ? {} : { client_uri: client.uri }),
    ...(client.logoUri === '' ? {} : { logo_uri: client.logoUri }),
    ...(client.scope === null ? {} : { scope: client.scope }),
    registration_type: client.registrationType,
    created_at: toWireTime(client.createdAt),
    updated_at: toWireTime(client.updatedAt),
  };
}

/** What a consent page and the user's list of grants show of a client. */
export function toClientCard(client: OAuthClient): JsonObject {
  return { id: client.id, name: client.name, uri: client.uri, logo_uri: client.logoUri };
}
