/** `/admin/oauth/clients`: an administrator registers the apps that users may sign in to with this one. */

import { parseChanges, parseMetadata, registrationSchema } from '#lib/engine/oauth/client-metadata.ts';
import { deleteClient, insertClient, listClients, renewSecret, updateClient } from '#lib/engine/oauth/oauth-clients.ts';
import { emptyResponse, type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { pageHeaders, parsePage } from '#lib/services/auth/admin-pages.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { validationFailed } from '#lib/services/auth/auth-error.ts';
import { readBody } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { getClient, newClientSecret, toClientJson } from '#lib/services/auth/oauth/client-json.ts';
import { requireOAuthAdmin } from '#lib/services/auth/oauth/oauth-switch.ts';

export function listOAuthClients(context: AuthContext): HttpResponse {
  requireOAuthAdmin(context);
  const page = parsePage(context.query);
  const { total, clients } = context.database.read((connection) =>
    listClients(connection, page.perPage, (page.page - 1) * page.perPage),
  );
  const body = { clients: clients.map((client) => toClientJson(client)), aud: 'authenticated' };
  return jsonResponse(200, body, pageHeaders('/admin/oauth/clients', page, total));
}

export async function createOAuthClient(context: AuthContext): Promise<HttpResponse> {
  requireOAuthAdmin(context);
  const metadata = parseMetadata(await readBody(context, registrationSchema), 'manual', validationFailed);
  const made = metadata.isPublic ? null : newClientSecret();
  const client = await context.database.write((connection) => {
    const added = insertClient(connection, metadata, made?.hash ?? null, context.now());
    audit(context, connection, 'oauth_client_created', added.id);
    return added;
  });
  return jsonResponse(201, toClientJson(client, made?.secret ?? null));
}

export function readOAuthClient(context: AuthContext): HttpResponse {
  requireOAuthAdmin(context);
  return jsonResponse(200, toClientJson(context.database.read((connection) => getClient(connection, idOf(context)))));
}

export async function changeOAuthClient(context: AuthContext): Promise<HttpResponse> {
  requireOAuthAdmin(context);
  const body = await readBody(context, registrationSchema);
  const client = await context.database.write((connection) => {
    const found = getClient(connection, idOf(context));
    const changes = parseChanges(body, found, validationFailed);
    audit(context, connection, 'oauth_client_updated', found.id, { changed: Object.keys(changes) });
    return updateClient(connection, found, changes, context.now());
  });
  return jsonResponse(200, toClientJson(client));
}

export async function removeOAuthClient(context: AuthContext): Promise<HttpResponse> {
  requireOAuthAdmin(context);
  await context.database.write((connection) => {
    const { id } = getClient(connection, idOf(context));
    audit(context, connection, 'oauth_client_deleted', id);
    deleteClient(connection, id);
  });
  return emptyResponse(204);
}

export async function renewOAuthClientSecret(context: AuthContext): Promise<HttpResponse> {
  requireOAuthAdmin(context);
  const { secret, hash } = newClientSecret();
  const client = await context.database.write((connection) => {
    const found = getClient(connection, idOf(context));
    if (found.isPublic) throw validationFailed('Cannot regenerate secret for public client');
    audit(context, connection, 'oauth_client_secret_regenerated', found.id);
    return renewSecret(connection, found, hash, context.now());
  });
  return jsonResponse(200, toClientJson(client, secret));
}

function idOf(context: AuthContext): string {
  return context.params.id ?? '';
}

function audit(
  context: AuthContext,
  connection: Parameters<typeof recordAudit>[0],
  action: string,
  clientId: string,
  more: Record<string, unknown> = {},
): void {
  recordAudit(connection, context, { action, actorId: null, traits: { client_id: clientId, ...more } });
}
