/** Placeholder. */
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

export function isProviderEnabled(context: AuthContext, name: string): boolean {
  return authSettingsOf(context.environment)[`external_${name}_enabled`] === true;
}
