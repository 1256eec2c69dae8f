/** An OAuth 2 or OpenID Connect provider that somebody added, in the settings or through the API; its name is `custom:<identifier>`. */

import { z } from 'zod';

/** What of a user can be read from another claim than OpenID Connect's: ours → theirs, a path. */
const mappingSchema = z.partialRecord(z.enum(['sub', 'email', 'name', 'preferred_username', 'picture']), z.string().min(1));

export const customProviderSchema = z.object({
  provider_type: z.enum(['oauth2', 'oidc']),
  identifier: z.string().regex(/^[a-z0-9][a-z0-9_:-]{0,49}$/),
  name: z.string().min(1),
  enabled: z.boolean().default(true),
  client_id: z.string().min(1),
  client_secret: z.string().default(''),
  /** OpenID Connect: discovery and ID-token checks start here. */
  issuer: z.url().optional(),
  /** Where the discovery document is, when not below the issuer. */
  discovery_url: z.url().optional(),
  authorization_url: z.url().optional(),
  token_url: z.url().optional(),
  userinfo_url: z.url().optional(),
  jwks_uri: z.url().optional(),
  scopes: z.array(z.string()).default([]),
  pkce_enabled: z.boolean().default(true),
  /** Extra query parameters of the authorization URL. */
  authorization_params: z.record(z.string(), z.string()).default({}),
  /** Audiences an ID token may have besides `client_id`. */
  acceptable_client_ids: z.array(z.string()).default([]),
  /** An email read from another claim is vouched for by nobody, whatever the provider says of its `email`. */
  attribute_mapping: mappingSchema.default({}),
  /** May a user without an email sign in through it? */
  email_optional: z.boolean().default(false),
  skip_nonce_check: z.boolean().default(false),
});

export type CustomProvider = z.infer<typeof customProviderSchema>;

/** Without the prefix that some write and some do not. */
export function toBareIdentifier(name: string): string {
  return name.replace(/^custom:/, '');
}
