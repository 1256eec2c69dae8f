ALTER TABLE "invites" ADD COLUMN "mail_id" TEXT;

CREATE TABLE "operator_identities" (
  "issuer" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "operator_id" TEXT NOT NULL REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "email" TEXT NOT NULL,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_used_at" DATETIME NOT NULL,
  PRIMARY KEY ("issuer", "subject")
);
CREATE INDEX "operator_identities_operator_id_idx" ON "operator_identities"("operator_id");

CREATE TABLE "operator_devices" (
  "operator_id" TEXT NOT NULL REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "hash" TEXT NOT NULL,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_seen_at" DATETIME NOT NULL,
  PRIMARY KEY ("operator_id", "hash")
);

CREATE TABLE "operator_resets" (
  "token_hash" TEXT NOT NULL PRIMARY KEY,
  "operator_id" TEXT NOT NULL REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" DATETIME NOT NULL
);
CREATE INDEX "operator_resets_operator_id_idx" ON "operator_resets"("operator_id");

CREATE TABLE "operator_mails" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "template" TEXT NOT NULL,
  "recipient" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "sealed_content" TEXT,
  "status" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "next_attempt_at" DATETIME NOT NULL,
  "error" TEXT,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" DATETIME NOT NULL
);
CREATE INDEX "operator_mails_status_next_attempt_at_idx" ON "operator_mails"("status", "next_attempt_at");
CREATE INDEX "operator_mails_created_at_idx" ON "operator_mails"("created_at");

CREATE TABLE "impersonations" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "operator_id" TEXT NOT NULL,
  "operator_email" TEXT NOT NULL,
  "credential_id" TEXT,
  "project_id" TEXT NOT NULL,
  "project_ref" TEXT NOT NULL,
  "environment_ref" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "user_email" TEXT,
  "reason" TEXT NOT NULL,
  "started_at" DATETIME NOT NULL,
  "expires_at" DATETIME NOT NULL,
  "ended_at" DATETIME
);
CREATE INDEX "impersonations_ended_at_idx" ON "impersonations"("ended_at");
CREATE INDEX "impersonations_project_id_started_at_idx" ON "impersonations"("project_id", "started_at");
