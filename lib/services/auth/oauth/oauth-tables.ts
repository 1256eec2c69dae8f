/** Tables of the OAuth server: clients, what users were asked, and what they agreed to. */

import type { SystemMigration } from '#lib/engine/database.ts';

export const oauthServerMigration: SystemMigration = {
  id: 'auth-0003-oauth-server',
  sql: `
CREATE TABLE _koyalite_oauth_clients (
  id uuid NOT NULL PRIMARY KEY,
  registration_type text NOT NULL, client_type text NOT NULL, token_endpoint_auth_method text NOT NULL,
  client_secret_hash text, redirect_uris jsonb NOT NULL, grant_types jsonb NOT NULL,
  client_name text, client_uri text, logo_uri text, scope text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
);
CREATE INDEX _koyalite_oauth_clients_created_at ON _koyalite_oauth_clients(created_at, id);

CREATE TABLE _koyalite_oauth_authorizations (
  id_hash text NOT NULL PRIMARY KEY,
  client_id uuid NOT NULL REFERENCES _koyalite_oauth_clients(id) ON DELETE CASCADE,
  user_id uuid REFERENCES _koyalite_users(id) ON DELETE CASCADE,
  status text NOT NULL DEFAULT 'pending',
  redirect_uri text NOT NULL, scope text NOT NULL, state text, nonce text, resource text,
  code_challenge text NOT NULL, asks_again boolean NOT NULL DEFAULT 0,
  code_hash text UNIQUE, code_expires_at timestamptz, auth_time timestamptz, used_at timestamptz, session_id uuid,
  created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL
);
CREATE INDEX _koyalite_oauth_authorizations_created_at ON _koyalite_oauth_authorizations(created_at);
CREATE INDEX _koyalite_oauth_authorizations_client_id ON _koyalite_oauth_authorizations(client_id, user_id);
CREATE INDEX _koyalite_oauth_authorizations_user_id ON _koyalite_oauth_authorizations(user_id);

CREATE TABLE _koyalite_oauth_consents (
  user_id uuid NOT NULL REFERENCES _koyalite_users(id) ON DELETE CASCADE,
  client_id uuid NOT NULL REFERENCES _koyalite_oauth_clients(id) ON DELETE CASCADE,
  scopes text NOT NULL, granted_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, client_id)
) WITHOUT ROWID;
CREATE INDEX _koyalite_oauth_consents_client_id ON _koyalite_oauth_consents(client_id);

ALTER TABLE _koyalite_sessions ADD COLUMN oauth_client_id uuid REFERENCES _koyalite_oauth_clients(id) ON DELETE CASCADE;
ALTER TABLE _koyalite_sessions ADD COLUMN scopes text;
CREATE INDEX _koyalite_sessions_oauth_client_id ON _koyalite_sessions(oauth_client_id) WHERE oauth_client_id IS NOT NULL;
`,
};
