CREATE TABLE "audit_anchors" (
  "environment_id" TEXT NOT NULL PRIMARY KEY REFERENCES "environments"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "seq" INTEGER NOT NULL,
  "hash" TEXT NOT NULL,
  "signature" TEXT NOT NULL
);
