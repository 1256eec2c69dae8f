/** `/admin/custom-providers`: an administrator adds providers that users sign in with. Those of the settings are read here too. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Connection } from '#lib/engine/database.ts';
import { emptyResponse, type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { discover } from '#lib/identity/oidc.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireAdmin } from '#lib/services/auth/bearer.ts';
import { readBody } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { type CustomProvider, customProviderSchema, toBareIdentifier } from '#lib/services/auth/custom-provider-schema.ts';
import {
  deleteStored,
  findConfigured,
  findStored,
  listStored,
  type StoredProvider,
  saveStored,
} from '#lib/services/auth/custom-providers.ts';
import { type JsonObject, toWireTime } from '#lib/services/auth/rows.ts';

const mostProviders = 100;

export function listCustomProviders(context: AuthContext): HttpResponse {
  requireAdmin(context);
  const type = context.query.get('type') ?? '';
  if (type !== '' && type !== 'oauth2' && type !== 'oidc') throw validationFailed("type must be either 'oauth2' or 'oidc'");
  const stored = context.database.read((connection) => listStored(connection, context));
  const all = [
    ...authSettingsOf(context.environment).custom_providers.map((one) => toProviderJson(one)),
    ...stored.map(toStoredJson),
  ];
  return jsonResponse(200, { providers: all.filter(({ provider_type: kind }) => type === '' || kind === type) });
}

export function readCustomProvider(context: AuthContext): HttpResponse {
  requireAdmin(context);
  const name = nameOf(context);
  const configured = findConfigured(context, name);
  const stored = context.database.read((connection) => findStored(connection, context, name));
  if (configured !== null) return jsonResponse(200, toProviderJson(configured));
  if (stored === null) throw unknownProvider();
  return jsonResponse(200, toStoredJson(stored));
}

export async function addCustomProvider(context: AuthContext): Promise<HttpResponse> {
  requireAdmin(context);
  const body = await readBody(context, bodySchema);
  const provider = parseProvider(body, {});
  if (!provider.identifier.startsWith('custom:')) throw validationFailed("identifier must start with 'custom:' prefix");
  await checkDiscovery(context, provider);
  const stored = await context.database.write((connection) => {
    if (findConfigured(context, provider.identifier) !== null || findStored(connection, context, provider.identifier) !== null)
      throw authError(400, 'conflict', 'A custom OAuth provider with this identifier already exists');
    if (listStored(connection, context).length >= mostProviders)
      throw authError(400, 'over_custom_provider_quota', 'Maximum number of custom OAuth/OIDC providers reached');
    saveStored(connection, context, randomUUID(), provider);
    audit(connection, context, 'custom_provider_created', provider.identifier);
    return getStored(connection, context, provider.identifier);
  });
  return jsonResponse(201, toStoredJson(stored));
}

export async function changeCustomProvider(context: AuthContext): Promise<HttpResponse> {
  requireAdmin(context);
  const name = nameOf(context);
  const { identifier: _identifier, provider_type: _type, ...changes } = await readBody(context, bodySchema);
  const before = context.database.read((connection) => getStored(connection, context, name));
  const provider = parseProvider(changes, before.provider);
  if (provider.issuer !== before.provider.issuer || provider.discovery_url !== before.provider.discovery_url)
    await checkDiscovery(context, provider);
  const stored = await context.database.write((connection) => {
    // Read again inside: it may have been removed or changed while its issuer was asked.
    const { id, updatedAt } = getStored(connection, context, name);
    if (id !== before.id || updatedAt !== before.updatedAt)
      throw authError(409, 'conflict', 'The provider was changed meanwhile');
    saveStored(connection, context, id, provider);
    audit(connection, context, 'custom_provider_updated', provider.identifier, { changed: Object.keys(changes) });
    return getStored(connection, context, name);
  });
  return jsonResponse(200, toStoredJson(stored));
}

export async function removeCustomProvider(context: AuthContext): Promise<HttpResponse> {
  requireAdmin(context);
  await context.database.write((connection) => {
    const { id, provider } = getStored(connection, context, nameOf(context));
    deleteStored(connection, id);
    audit(connection, context, 'custom_provider_deleted', provider.identifier);
  });
  return emptyResponse(204);
}

function getStored(connection: Connection, context: AuthContext, name: string): StoredProvider {
  const stored = findStored(connection, context, name);
  if (stored !== null) return stored;
  if (findConfigured(context, name) === null) throw unknownProvider();
  throw authError(422, 'feature_disabled', "This provider is changed through the project's auth settings");
}

/** Some clients encode the colon. */
function nameOf(context: AuthContext): string {
  return (context.params.identifier ?? '').replace(/%3a/i, ':');
}

function unknownProvider() {
  return authError(404, 'custom_provider_not_found', 'Custom OAuth provider not found');
}

const bodySchema = z.record(z.string(), z.unknown());

/** `changes` over what is there; null and an empty text leave a field as it is. */
function parseProvider(changes: JsonObject, before: Partial<CustomProvider>): CustomProvider {
  if (Array.isArray(changes.custom_claims_allowlist) && changes.custom_claims_allowlist.length > 0)
    throw validationFailed('custom_claims_allowlist is not supported: map single claims with attribute_mapping');
  const given = Object.entries(changes).filter(([, value]) => value !== null && value !== '');
  const parsed = customProviderSchema.safeParse({ ...before, ...Object.fromEntries(given) });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw validationFailed(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
  }
  const provider = parsed.data;
  const needed =
    provider.provider_type === 'oidc' ? (['issuer'] as const) : (['authorization_url', 'token_url', 'userinfo_url'] as const);
  for (const name of needed)
    if (provider[name] === undefined) throw validationFailed(`${name} is required for ${provider.provider_type} providers`);
  if (provider.client_secret === '' && !provider.pkce_enabled) throw validationFailed('client_secret is required without PKCE');
  const taken = Object.keys(provider.authorization_params).find((name) => reserved.test(name));
  if (taken !== undefined) throw validationFailed(`Cannot override reserved OAuth parameter: ${taken}`);
  for (const name of addresses) checkAddress(name, provider[name]);
  const withoutOpenId = provider.provider_type === 'oidc' && provider.scopes.length > 0 && !provider.scopes.includes('openid');
  return withoutOpenId ? { ...provider, scopes: ['openid', ...provider.scopes] } : provider;
}

/** Ours to set. */
const reserved =
  /^(client_id|client_secret|redirect_uri|response_type|response_mode|state|nonce|scope|code_challenge|code_challenge_method|code_verifier)$/;

const addresses = ['issuer', 'discovery_url', 'authorization_url', 'token_url', 'userinfo_url', 'jwks_uri'] as const;

/** Where they lead is guarded when they are asked; here, that they can only be asked in private, or on this machine. */
function checkAddress(name: string, address: string | undefined): void {
  if (address === undefined) return;
  const url = new URL(address);
  const isLocal = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !isLocal) throw validationFailed(`${name} must use HTTPS`);
  if (url.username !== '' || url.password !== '') throw validationFailed(`${name} may not hold credentials`);
}

/** A wrong issuer is told now, not to the first user who signs in. */
async function checkDiscovery(context: AuthContext, { issuer, discovery_url: at }: CustomProvider): Promise<void> {
  if (issuer !== undefined) await discover(issuer, context.ports.fetch, at);
}

function toStoredJson({ id, provider, createdAt, updatedAt }: StoredProvider): JsonObject {
  return { id, ...toProviderJson(provider), created_at: toWireTime(createdAt), updated_at: toWireTime(updatedAt) };
}

function toProviderJson({ client_secret: _secret, identifier, ...provider }: CustomProvider): JsonObject {
  return { ...provider, identifier: `custom:${toBareIdentifier(identifier)}`, custom_claims_allowlist: [] };
}

function audit(
  connection: Connection,
  context: AuthContext,
  action: string,
  identifier: string,
  more: Record<string, unknown> = {},
): void {
  recordAudit(connection, context, { action, actorId: null, traits: { identifier, ...more } });
}
