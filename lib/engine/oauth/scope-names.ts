/** Scopes an OAuth client can ask for. */

export const supportedScopes = ['openid', 'profile', 'email', 'phone'] as const;

/** What a client gets that names none. */
export const defaultScope = 'email';

/** `'a b  a'` → `['a', 'b']`. */
export function toScopes(text: string): string[] {
  return [...new Set(text.split(' ').filter(Boolean))];
}

export function isSupportedScope(scope: string): boolean {
  return supportedScopes.some((supported) => supported === scope);
}
