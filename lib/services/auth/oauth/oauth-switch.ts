/** Whether the environment is an OAuth server at all. */

import { authError } from '#lib/services/auth/auth-error.ts';
import { type AuthSettings, authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireAdmin } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

/** Throws 404 `feature_disabled` while it is off. */
export function requireOAuthServer(context: AuthContext): AuthSettings {
  const settings = authSettingsOf(context.environment);
  if (!settings.oauth_server_enabled) throw authError(404, 'feature_disabled', 'OAuth server is disabled');
  return settings;
}

/** The administrator's side answers only to administrators, on or off. */
export function requireOAuthAdmin(context: AuthContext): void {
  requireAdmin(context);
  requireOAuthServer(context);
}

/** The `iss` of tokens, and where the discovery documents start. */
export function issuerOf(context: AuthContext): string {
  return `${context.externalUrl}/auth/v1`;
}
