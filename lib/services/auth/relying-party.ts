/** The site as WebAuthn sees it: from the settings, else from the site's address. */

import type { RelyingParty } from '#lib/identity/passkeys.ts';
import { validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

export function relyingPartyOf(context: AuthContext): RelyingParty {
  const settings = authSettingsOf(context.environment);
  const site = URL.canParse(settings.site_url) ? new URL(settings.site_url) : new URL('http://localhost');
  const id = settings.webauthn_rp_id === '' ? site.hostname : settings.webauthn_rp_id;
  const origins = settings.webauthn_rp_origins.length === 0 ? [site.origin] : settings.webauthn_rp_origins;
  return { id, name: settings.webauthn_rp_display_name === '' ? id : settings.webauthn_rp_display_name, origins };
}

/** A client may narrow the party to one of its pages, never widen it. On a loopback site every port is the site. */
export function requireRelyingParty(context: AuthContext, wanted: { rpId: string; rpOrigins: readonly string[] }): RelyingParty {
  const own = relyingPartyOf(context);
  const isOwn = (origin: string) => own.origins.includes(origin) || (isLoopback(own.id) && isLoopback(hostOf(origin)));
  if (wanted.rpId !== own.id || wanted.rpOrigins.length === 0 || !wanted.rpOrigins.every(isOwn)) {
    throw validationFailed('Relying party is not one of this project');
  }
  return { ...own, origins: wanted.rpOrigins };
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '127.0.0.1';
const hostOf = (origin: string): string => (URL.canParse(origin) ? new URL(origin).hostname : '');
