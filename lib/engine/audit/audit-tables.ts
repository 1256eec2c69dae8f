/** What keys the record of an environment, added to the table that the auth service made. */

import type { SystemMigration } from '#lib/engine/database.ts';

export const auditMigrations: readonly SystemMigration[] = [
  {
    // Entries of version 1 are chained by a plain hash; they stay as they are, under the first keyed entry's.
    id: 'audit-0001-keyed',
    sql: `
ALTER TABLE _koyalite_auth_audit ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE _koyalite_auth_audit ADD COLUMN actor_kind text;
ALTER TABLE _koyalite_auth_audit ADD COLUMN actor_name text;
ALTER TABLE _koyalite_auth_audit ADD COLUMN before jsonb;
ALTER TABLE _koyalite_auth_audit ADD COLUMN after jsonb;
CREATE TABLE _koyalite_audit_head (
  id integer PRIMARY KEY CHECK (id = 1), seq integer NOT NULL, hash text NOT NULL, signature text NOT NULL);
CREATE TRIGGER _koyalite_audit_head_keep_delete BEFORE DELETE ON _koyalite_audit_head
  BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER _koyalite_audit_head_keep_update BEFORE UPDATE ON _koyalite_audit_head WHEN NEW.seq <= OLD.seq
  BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
`,
  },
];
