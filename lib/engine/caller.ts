/** Who a data-plane request acts for. Made by `api/resolve-caller` from a verified key or token; never from user input. */

export interface Caller {
  /** `anon`, `authenticated`, `service_role`, or a custom role from the token. */
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** The claims as JSON text: what `auth.jwt()` reads, bound as `:auth_jwt`. */
  readonly claimsJson: string;
  /** The `sub` claim: what `auth.uid()` reads, bound as `:auth_uid`. */
  readonly subject: string | null;
}

export function toCaller(role: string, claims: Record<string, unknown> = {}): Caller {
  const subject = typeof claims.sub === 'string' && claims.sub !== '' ? claims.sub : null;
  return Object.freeze({ role, claims, claimsJson: JSON.stringify({ ...claims, role }), subject });
}

export const anonymousCaller = toCaller('anon');
export const serviceCaller = toCaller('service_role');
