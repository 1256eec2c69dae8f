ALTER TABLE "audit_anchors" ADD COLUMN "root_seq" INTEGER;
ALTER TABLE "audit_anchors" ADD COLUMN "root_hash" TEXT;
ALTER TABLE "audit_anchors" ADD COLUMN "restores" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "audit_marks" (
  "environment_id" TEXT NOT NULL REFERENCES "environments"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "seq" INTEGER NOT NULL,
  "hash" TEXT NOT NULL,
  "at" TEXT NOT NULL,
  "signature" TEXT NOT NULL,
  PRIMARY KEY ("environment_id", "seq")
);
