CREATE TABLE "operators" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "email" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "password_hash" TEXT NOT NULL,
  "platform_role" TEXT NOT NULL DEFAULT 'member',
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_sign_in_at" DATETIME
);
CREATE UNIQUE INDEX "operators_email_key" ON "operators"("email");

CREATE TABLE "operator_sessions" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "operator_id" TEXT NOT NULL REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" DATETIME NOT NULL,
  "absolute_expires_at" DATETIME NOT NULL,
  "ip" TEXT,
  "user_agent" TEXT
);
CREATE INDEX "operator_sessions_operator_id_idx" ON "operator_sessions"("operator_id");

CREATE TABLE "operator_tokens" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "operator_id" TEXT NOT NULL REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "kind" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "hash" TEXT NOT NULL,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" DATETIME,
  "last_used_at" DATETIME
);
CREATE UNIQUE INDEX "operator_tokens_hash_key" ON "operator_tokens"("hash");
CREATE INDEX "operator_tokens_operator_id_idx" ON "operator_tokens"("operator_id");

CREATE TABLE "projects" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "ref" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "hipaa" BOOLEAN NOT NULL DEFAULT false,
  "gdpr" BOOLEAN NOT NULL DEFAULT false,
  "ccpa" BOOLEAN NOT NULL DEFAULT false,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX "projects_ref_key" ON "projects"("ref");

CREATE TABLE "environments" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "project_id" TEXT NOT NULL REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "ref" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "settings" TEXT NOT NULL DEFAULT '{}',
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX "environments_ref_key" ON "environments"("ref");
CREATE UNIQUE INDEX "environments_project_id_name_key" ON "environments"("project_id", "name");

CREATE TABLE "api_keys" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "environment_id" TEXT NOT NULL REFERENCES "environments"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "type" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "hash" TEXT NOT NULL,
  "prefix" TEXT NOT NULL,
  "sealed" TEXT NOT NULL,
  "description" TEXT,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");
CREATE UNIQUE INDEX "api_keys_environment_id_type_name_key" ON "api_keys"("environment_id", "type", "name");

CREATE TABLE "signing_keys" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "environment_id" TEXT NOT NULL REFERENCES "environments"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "algorithm" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "sealed" TEXT NOT NULL,
  "public_jwk" TEXT,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "signing_keys_environment_id_idx" ON "signing_keys"("environment_id");

CREATE TABLE "memberships" (
  "operator_id" TEXT NOT NULL REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "project_id" TEXT NOT NULL REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "role" TEXT NOT NULL,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY ("operator_id", "project_id")
);
CREATE INDEX "memberships_project_id_idx" ON "memberships"("project_id");

CREATE TABLE "invites" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "project_id" TEXT NOT NULL REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "email" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "token_hash" TEXT NOT NULL,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" DATETIME NOT NULL,
  "accepted_at" DATETIME
);
CREATE UNIQUE INDEX "invites_token_hash_key" ON "invites"("token_hash");
CREATE INDEX "invites_project_id_idx" ON "invites"("project_id");

CREATE TABLE "audit_entries" (
  "seq" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "at" TEXT NOT NULL,
  "actor_id" TEXT,
  "actor" TEXT NOT NULL,
  "action" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "project_ref" TEXT,
  "ip" TEXT,
  "user_agent" TEXT,
  "before" TEXT,
  "after" TEXT,
  "prev_hash" TEXT NOT NULL,
  "hash" TEXT NOT NULL
);
CREATE INDEX "audit_entries_project_ref_seq_idx" ON "audit_entries"("project_ref", "seq");
CREATE TRIGGER "audit_entries_no_update" BEFORE UPDATE ON "audit_entries" BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END;
CREATE TRIGGER "audit_entries_no_delete" BEFORE DELETE ON "audit_entries" BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END;

CREATE TABLE "settings" (
  "name" TEXT NOT NULL PRIMARY KEY,
  "value" TEXT NOT NULL
);
