ALTER TABLE "operator_tokens" ADD COLUMN "scope" TEXT NOT NULL DEFAULT 'admin';
ALTER TABLE "operator_tokens" ADD COLUMN "project_id" TEXT REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "operator_tokens_project_id_idx" ON "operator_tokens"("project_id");

CREATE TABLE "operator_factors" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "operator_id" TEXT NOT NULL REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "kind" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "sealed_secret" TEXT,
  "credential_id" TEXT,
  "credential" TEXT,
  "last_used_step" INTEGER NOT NULL DEFAULT 0,
  "confirmed_at" DATETIME,
  "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_used_at" DATETIME
);
CREATE INDEX "operator_factors_operator_id_idx" ON "operator_factors"("operator_id");
CREATE UNIQUE INDEX "operator_factors_credential_id_key" ON "operator_factors"("credential_id");

CREATE TABLE "operator_recovery_codes" (
  "operator_id" TEXT NOT NULL REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "hash" TEXT NOT NULL,
  "used_at" DATETIME,
  PRIMARY KEY ("operator_id", "hash")
);
