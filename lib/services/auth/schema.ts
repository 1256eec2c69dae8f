/** The auth tables of an environment file. `_koyalite_users` is `auth.users` to policies, foreign keys and SQL. */

import { auditMigrations } from '#lib/engine/audit/audit-tables.ts';
import type { SystemMigration } from '#lib/engine/database.ts';
import { customProviderMigration } from '#lib/services/auth/custom-provider-tables.ts';
import { oauthServerMigration } from '#lib/services/auth/oauth/oauth-tables.ts';
import { recentProofMigration } from '#lib/services/auth/recent-proof-tables.ts';

export const authMigrations: readonly SystemMigration[] = [
  {
    id: 'auth-0001-users',
    sql: `
CREATE TABLE _koyalite_users (
  instance_id uuid DEFAULT '00000000-0000-0000-0000-000000000000',
  id uuid NOT NULL PRIMARY KEY,
  aud text NOT NULL DEFAULT 'authenticated', role text NOT NULL DEFAULT 'authenticated',
  email text, username text, encrypted_password text,
  email_confirmed_at timestamptz, invited_at timestamptz, confirmation_sent_at timestamptz, recovery_sent_at timestamptz,
  email_change text, email_change_sent_at timestamptz, email_change_confirm_status integer NOT NULL DEFAULT 0,
  last_sign_in_at timestamptz, raw_app_meta_data jsonb NOT NULL DEFAULT '{}', raw_user_meta_data jsonb NOT NULL DEFAULT '{}',
  is_super_admin boolean,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  phone text, phone_confirmed_at timestamptz, phone_change text, phone_change_sent_at timestamptz,
  confirmed_at timestamptz GENERATED ALWAYS AS (
    CASE WHEN email_confirmed_at IS NULL THEN phone_confirmed_at WHEN phone_confirmed_at IS NULL THEN email_confirmed_at
      ELSE min(email_confirmed_at, phone_confirmed_at) END) VIRTUAL,
  banned_until timestamptz, reauthentication_sent_at timestamptz,
  is_sso_user boolean NOT NULL DEFAULT 0, deleted_at timestamptz, is_anonymous boolean NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX _koyalite_users_email ON _koyalite_users(email) WHERE is_sso_user = 0;
CREATE UNIQUE INDEX _koyalite_users_phone ON _koyalite_users(phone);
CREATE UNIQUE INDEX _koyalite_users_username ON _koyalite_users(username);
CREATE INDEX _koyalite_users_created_at ON _koyalite_users(created_at, id);

CREATE TABLE _koyalite_identities (
  id uuid NOT NULL PRIMARY KEY, provider_id text NOT NULL,
  user_id uuid NOT NULL REFERENCES _koyalite_users(id) ON DELETE CASCADE,
  identity_data jsonb NOT NULL, provider text NOT NULL,
  last_sign_in_at timestamptz, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  email text GENERATED ALWAYS AS (lower(json_extract(identity_data, '$.email'))) VIRTUAL,
  UNIQUE (provider, provider_id)
);
CREATE INDEX _koyalite_identities_user_id ON _koyalite_identities(user_id);

CREATE TABLE _koyalite_sessions (
  id uuid NOT NULL PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES _koyalite_users(id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  factor_id uuid, aal text NOT NULL DEFAULT 'aal1', not_after timestamptz, refreshed_at timestamptz,
  user_agent text, ip text, tag text
);
CREATE INDEX _koyalite_sessions_user_id ON _koyalite_sessions(user_id, created_at);

CREATE TABLE _koyalite_refresh_tokens (
  id integer PRIMARY KEY AUTOINCREMENT,
  token_hash text NOT NULL UNIQUE, child_salt text NOT NULL, parent_hash text,
  user_id uuid NOT NULL, session_id uuid NOT NULL REFERENCES _koyalite_sessions(id) ON DELETE CASCADE,
  revoked boolean NOT NULL DEFAULT 0, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
);
CREATE INDEX _koyalite_refresh_tokens_session_id ON _koyalite_refresh_tokens(session_id);

CREATE TABLE _koyalite_mfa_amr_claims (
  session_id uuid NOT NULL REFERENCES _koyalite_sessions(id) ON DELETE CASCADE,
  authentication_method text NOT NULL, provider text, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  PRIMARY KEY (session_id, authentication_method)
) WITHOUT ROWID;

CREATE TABLE _koyalite_one_time_tokens (
  id uuid NOT NULL PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES _koyalite_users(id) ON DELETE CASCADE,
  token_type text NOT NULL, link_hash text, code_hash text, relates_to text NOT NULL,
  flow_state_id uuid, failed_attempts integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  UNIQUE (user_id, token_type)
);
CREATE UNIQUE INDEX _koyalite_one_time_tokens_link ON _koyalite_one_time_tokens(link_hash);
CREATE INDEX _koyalite_one_time_tokens_relates_to ON _koyalite_one_time_tokens(relates_to);

CREATE TABLE _koyalite_flow_state (
  id uuid NOT NULL PRIMARY KEY,
  user_id uuid REFERENCES _koyalite_users(id) ON DELETE CASCADE, linking_user_id uuid,
  auth_code_hash text UNIQUE, state_hash text UNIQUE, code_challenge text, code_challenge_method text,
  provider text NOT NULL, sealed_verifier text, nonce text, sealed_provider_tokens text,
  authentication_method text NOT NULL, redirect_to text, session_seed text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, auth_code_issued_at timestamptz, used_at timestamptz
);
CREATE INDEX _koyalite_flow_state_created_at ON _koyalite_flow_state(created_at);

CREATE TABLE _koyalite_mfa_factors (
  id uuid NOT NULL PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES _koyalite_users(id) ON DELETE CASCADE,
  friendly_name text, factor_type text NOT NULL, status text NOT NULL DEFAULT 'unverified',
  sealed_secret text, phone text, last_used_step integer, last_challenged_at timestamptz,
  web_authn_credential jsonb, web_authn_aaguid uuid,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX _koyalite_mfa_factors_name ON _koyalite_mfa_factors(user_id, friendly_name) WHERE friendly_name <> '';

CREATE TABLE _koyalite_mfa_challenges (
  id uuid NOT NULL PRIMARY KEY,
  factor_id uuid NOT NULL REFERENCES _koyalite_mfa_factors(id) ON DELETE CASCADE,
  ip_address text, otp_hash text, web_authn_session_data jsonb, failed_attempts integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL, verified_at timestamptz
);
CREATE INDEX _koyalite_mfa_challenges_factor_id ON _koyalite_mfa_challenges(factor_id);

CREATE TABLE _koyalite_webauthn_credentials (
  id uuid NOT NULL PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES _koyalite_users(id) ON DELETE CASCADE,
  credential_id text NOT NULL UNIQUE, credential jsonb NOT NULL, aaguid uuid, friendly_name text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, last_used_at timestamptz
);
CREATE INDEX _koyalite_webauthn_credentials_user_id ON _koyalite_webauthn_credentials(user_id);

CREATE TABLE _koyalite_webauthn_challenges (
  id uuid NOT NULL PRIMARY KEY,
  user_id uuid REFERENCES _koyalite_users(id) ON DELETE CASCADE,
  challenge_type text NOT NULL, challenge text NOT NULL,
  created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL
);

CREATE TABLE _koyalite_auth_audit (
  id integer PRIMARY KEY AUTOINCREMENT,
  created_at timestamptz NOT NULL, action text NOT NULL, actor_id uuid, subject_id uuid, ip_address text, user_agent text,
  traits jsonb NOT NULL, previous_hash text NOT NULL, hash text NOT NULL UNIQUE
);
CREATE TRIGGER _koyalite_auth_audit_keep_update BEFORE UPDATE ON _koyalite_auth_audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER _koyalite_auth_audit_keep_delete BEFORE DELETE ON _koyalite_auth_audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
`,
  },
  {
    id: 'auth-0002-recovery-codes',
    sql: `
CREATE TABLE _koyalite_mfa_recovery_codes (
  factor_id uuid NOT NULL REFERENCES _koyalite_mfa_factors(id) ON DELETE CASCADE,
  code_hash text NOT NULL, used_at timestamptz,
  PRIMARY KEY (factor_id, code_hash)
) WITHOUT ROWID;
`,
  },
  ...auditMigrations,
  oauthServerMigration,
  customProviderMigration,
  recentProofMigration,
];
