/** Custom providers, of the settings and of the API: one list for whoever signs in. */

import type { Connection, Row } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { seal, unseal } from '#lib/identity/sealing.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { type CustomProvider, customProviderSchema, toBareIdentifier } from '#lib/services/auth/custom-provider-schema.ts';
import { objectOf, textOf } from '#lib/services/auth/rows.ts';

/** A provider that the API added. */
export interface StoredProvider {
  readonly id: string;
  readonly provider: CustomProvider;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Null for one that is unknown or off. The settings go first: they are the operator's, the API is the service role's. */
export function findCustomProvider(context: AuthContext, name: string): CustomProvider | null {
  const found = findConfigured(context, name) ?? (name.startsWith('custom:') ? findAdded(context, name) : null);
  return found?.enabled ? found : null;
}

/** By its full name alone: the API adds no second `google`. */
function findAdded(context: AuthContext, name: string): CustomProvider | null {
  return context.database.read((connection) => findStored(connection, context, name)?.provider ?? null);
}

export function findConfigured(context: AuthContext, name: string): CustomProvider | null {
  const bare = toBareIdentifier(name);
  const configured = authSettingsOf(context.environment).custom_providers;
  return configured.find(({ identifier }) => toBareIdentifier(identifier) === bare) ?? null;
}

export function findStored(connection: Connection, context: AuthContext, name: string): StoredProvider | null {
  const sql = 'SELECT * FROM _koyalite_custom_oauth_providers WHERE identifier = ?';
  const row = connection.get(sql, toBareIdentifier(name));
  return row === undefined ? null : toStored(context, row);
}

/** Oldest first. */
export function listStored(connection: Connection, context: AuthContext): StoredProvider[] {
  const sql = 'SELECT * FROM _koyalite_custom_oauth_providers ORDER BY created_at, rowid';
  return connection.all(sql).map((row) => toStored(context, row));
}

function toStored(context: AuthContext, row: Row): StoredProvider {
  const id = textOf(row, 'id');
  const secret = findSecret(context, id, textOf(row, 'sealed_secret'));
  const definition = customProviderSchema.parse({ ...objectOf(row, 'definition'), client_secret: secret ?? '' });
  return {
    id,
    provider: secret === null ? { ...definition, enabled: false } : definition,
    createdAt: textOf(row, 'created_at'),
    updatedAt: textOf(row, 'updated_at'),
  };
}

/** Null in a file that came from another environment, whose key is another one: the provider is off until it is given anew. */
function findSecret(context: AuthContext, id: string, sealed: string): string | null {
  try {
    return unseal(context.sealingKey, purposeOf(id), sealed);
  } catch {
    return null;
  }
}

/** Adds or replaces. The secret is sealed to this row: moved to another one it does not open. */
export function saveStored(connection: Connection, context: AuthContext, id: string, provider: CustomProvider): void {
  const { client_secret: secret, ...definition } = provider;
  const at = toStoredTime(context.now());
  connection.run(
    `INSERT INTO _koyalite_custom_oauth_providers(id, identifier, definition, sealed_secret, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
       SET definition = excluded.definition, sealed_secret = excluded.sealed_secret, updated_at = excluded.updated_at`,
    id,
    toBareIdentifier(provider.identifier),
    JSON.stringify(definition),
    seal(context.sealingKey, purposeOf(id), secret),
    at,
    at,
  );
}

function purposeOf(id: string): string {
  return `custom provider ${id}`;
}

export function deleteStored(connection: Connection, id: string): void {
  connection.run('DELETE FROM _koyalite_custom_oauth_providers WHERE id = ?', id);
}
