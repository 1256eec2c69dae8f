/** `/admin/custom-providers`: the providers an operator added, to read. They are changed with the rest of the auth settings. */

import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf, type CustomProvider } from '#lib/services/auth/auth-settings.ts';
import { requireAdmin } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

export function listCustomProviders(context: AuthContext): HttpResponse {
  requireAdmin(context);
  return jsonResponse(200, { providers: authSettingsOf(context.environment).custom_providers.map(withoutSecret) });
}

export function readCustomProvider(context: AuthContext): HttpResponse {
  requireAdmin(context);
  const found = authSettingsOf(context.environment).custom_providers.find(
    ({ identifier }) => identifier === context.params.identifier,
  );
  if (found === undefined) throw authError(404, 'custom_provider_not_found', 'Custom provider not found');
  return jsonResponse(200, withoutSecret(found));
}

export function refuseCustomProviderChange(context: AuthContext): never {
  requireAdmin(context);
  throw authError(422, 'feature_disabled', "Custom providers are changed through the project's auth settings");
}

function withoutSecret({ client_secret: _secret, ...provider }: CustomProvider): object {
  return provider;
}
