/** ALTER DEFAULT PRIVILEGES: what new tables and functions are granted is fixed, so only a statement that changes nothing is taken. */

import { requireRole } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { unsupported } from '#lib/engine/sql/sql-problems.ts';

/** They hold every privilege on what is new; row-level security decides about rows. */
const holders = new Set(['anon', 'authenticated', 'service_role', 'postgres']);

/** Throws 0A000 for a REVOKE, which would seem to protect new tables and does not, and for a GRANT to another role. */
export const alterDefaultPrivileges: StatementHandler = ({ connection }, cursor) => {
  cursor.until((at) => at.at('grant') || at.at('revoke'));
  if (!cursor.accept('grant')) {
    cursor.expect('revoke');
    throw unsupported(
      'ALTER DEFAULT PRIVILEGES … REVOKE',
      'New tables are closed by row-level security; take privileges on a table or function with REVOKE after it is made.',
    );
  }
  cursor.until((at) => at.at('on'));
  cursor.expect('on');
  const kind = cursor.name();
  cursor.expect('to');
  do {
    cursor.accept('group');
    const role = cursor.name();
    requireRole(connection, role);
    const held = holders.has(role) || (role === 'public' && kind !== 'tables');
    if (!held && ['tables', 'functions', 'routines'].includes(kind))
      throw unsupported(`ALTER DEFAULT PRIVILEGES … GRANT to role "${role}"`, 'GRANT on each table after it is made.');
  } while (cursor.accept(','));
  if (cursor.accept('with')) cursor.expect('grant', 'option');
  cursor.end();
  return 'ALTER DEFAULT PRIVILEGES';
};
