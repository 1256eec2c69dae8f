/**
 * OAuth clients as rows of `_koyalite_oauth_clients`: apps that users may let act for them. The auth service and operators
 * keep them by the same rules.
 */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';

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

const text = z.string();
const orEmpty = text.nullable().transform((stored) => stored ?? '');
const texts = text.transform((stored) => z.array(text).parse(JSON.parse(stored)));

const rowSchema = z
  .object({
    id: text,
    registration_type: text,
    client_type: text,
    token_endpoint_auth_method: text,
    client_secret_hash: text.nullable(),
    redirect_uris: texts,
    grant_types: texts,
    client_name: orEmpty,
    client_uri: orEmpty,
    logo_uri: orEmpty,
    scope: text.nullable(),
    created_at: text,
    updated_at: text,
  })
  .transform(
    (row): OAuthClient => ({
      id: row.id,
      registrationType: row.registration_type,
      isPublic: row.client_type === 'public',
      authMethod: row.token_endpoint_auth_method,
      secretHash: row.client_secret_hash,
      redirectUris: row.redirect_uris,
      grantTypes: row.grant_types,
      name: row.client_name,
      uri: row.client_uri,
      logoUri: row.logo_uri,
      scope: row.scope,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }),
  );

const toClient = (row: Row) => rowSchema.parse(row);

/** Null also for what is no id. */
export function findClient(connection: Connection, id: string): OAuthClient | null {
  const row = connection.get('SELECT * FROM _koyalite_oauth_clients WHERE id = ?', id.toLowerCase());
  return row === undefined ? null : toClient(row);
}

/** Newest first. */
export function listClients(connection: Connection, limit: number, offset: number): { total: number; clients: OAuthClient[] } {
  const sql = 'SELECT * FROM _koyalite_oauth_clients ORDER BY created_at DESC, rowid DESC LIMIT ? OFFSET ?';
  return {
    total: Number(connection.value('SELECT count(*) FROM _koyalite_oauth_clients') ?? 0),
    clients: connection.all(sql, limit, offset).map(toClient),
  };
}

/** Adds a client. Of its secret only the hash is kept; null for public ones, which could not keep one. */
export function insertClient(
  connection: Connection,
  metadata: ClientMetadata,
  secretHash: string | null,
  nowMs: number,
): OAuthClient {
  const id = randomUUID();
  const at = toStoredTime(nowMs);
  connection.run(
    `INSERT INTO _koyalite_oauth_clients(id, registration_type, client_type, token_endpoint_auth_method, client_secret_hash,
       redirect_uris, grant_types, client_name, client_uri, logo_uri, scope, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    metadata.registrationType,
    metadata.isPublic ? 'public' : 'confidential',
    metadata.authMethod,
    secretHash,
    JSON.stringify(metadata.redirectUris),
    JSON.stringify(metadata.grantTypes),
    metadata.name,
    metadata.uri,
    metadata.logoUri,
    metadata.scope,
    at,
    at,
  );
  return readClient(connection, id);
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
  return readClient(connection, client.id);
}

/** The old secret is dead with the commit. */
export function renewSecret(connection: Connection, client: OAuthClient, secretHash: string, nowMs: number): OAuthClient {
  const sql = 'UPDATE _koyalite_oauth_clients SET client_secret_hash = ?, updated_at = ? WHERE id = ?';
  connection.run(sql, secretHash, toStoredTime(nowMs), client.id);
  return readClient(connection, client.id);
}

/** Consents, requests and sessions go with it: its tokens are dead with the commit. */
export function deleteClient(connection: Connection, id: string): void {
  connection.run('DELETE FROM _koyalite_oauth_clients WHERE id = ?', id);
}

function readClient(connection: Connection, id: string): OAuthClient {
  return rowSchema.parse(connection.get('SELECT * FROM _koyalite_oauth_clients WHERE id = ?', id));
}
