/** Settings of the OAuth 2.1 server: an environment's users as an identity for other apps. Off until switched on. */

import { z } from 'zod';

const count = z.int().min(0);

export const oauthServerSettings = {
  oauth_server_enabled: z.boolean().default(false),
  /** Anybody may register a client, as MCP clients do. */
  oauth_server_allow_dynamic_registration: z.boolean().default(false),
  /** The app's consent page, below `site_url`. */
  oauth_server_authorization_path: z
    .string()
    .regex(/^\/(?![/\\])[^\\#\s\p{Cc}]*$/u, 'a path that starts with one slash')
    .default('/oauth/consent'),
  /** Seconds between the client's request and the user's answer. Ours, like what follows. */
  oauth_server_authorization_exp: z.int().min(60).max(3600).default(600),
  /** Seconds between the user's answer and the exchange of the code. */
  oauth_server_code_exp: z.int().min(10).max(600).default(60),
  /** Seconds a client's access token lasts; null: as long as anybody's. */
  oauth_server_access_token_exp: z.int().min(30).max(604_800).nullable().default(null),
  /** Seconds until a client has to ask again; 0: as `sessions_timebox` says. */
  oauth_server_session_exp: count.default(0),
  /** Per five minutes and client address. Confidential clients are not counted once they have proved themselves. */
  rate_limit_oauth_authorize: count.default(60),
  rate_limit_oauth_token: count.default(150),
  /** Per hour and client address. */
  rate_limit_oauth_register: count.default(20),
};
