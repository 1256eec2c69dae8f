/** The table of providers that an administrator added through the API; those of the settings are not in it. */

import type { SystemMigration } from '#lib/engine/database.ts';

export const customProviderMigration: SystemMigration = {
  id: 'auth-0004-custom-providers',
  sql: `
CREATE TABLE _koyalite_custom_oauth_providers (
  id uuid NOT NULL PRIMARY KEY,
  identifier text NOT NULL UNIQUE, definition jsonb NOT NULL, sealed_secret text NOT NULL,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
);
`,
};
