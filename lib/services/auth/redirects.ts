/** Where a request may send its user: the `redirect_to` it asks for when the policy allows it, else the site. */

import { toAllowedRedirect } from '#lib/identity/redirect-policy.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

export function redirectOf(context: AuthContext, wanted: string | null = context.query.get('redirect_to')): string {
  const settings = authSettingsOf(context.environment);
  return toAllowedRedirect(wanted, settings.site_url, settings.uri_allow_list);
}

/** `url` with values in its fragment (implicit flow), keeping what is there. */
export function withFragment(url: string, values: Readonly<Record<string, string>>): string {
  const [base = '', fragment] = url.split('#', 2);
  const query = new URLSearchParams(values).toString();
  return `${base}#${fragment === undefined || fragment === '' ? query : `${fragment}&${query}`}`;
}

/** `url` with values in its query, replacing those of the same name. */
export function withQuery(url: string, values: Readonly<Record<string, string>>): string {
  const parsed = new URL(url);
  for (const [name, value] of Object.entries(values)) parsed.searchParams.set(name, value);
  return parsed.toString();
}
