/** When the user of a session last proved it is still them, after its sign-in. */

import type { SystemMigration } from '#lib/engine/database.ts';

export const recentProofMigration: SystemMigration = {
  id: 'auth-0005-recent-proof',
  sql: 'ALTER TABLE _koyalite_sessions ADD COLUMN proven_at timestamptz;',
};
