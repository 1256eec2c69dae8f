/** `require_policy(passes, table)`: raises 42501 for a row the policies refuse. */

import { defineVolatile, type Registrar } from '#lib/engine/functions/define.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export function registerPolicies(db: Registrar): void {
  // Volatile, or SQLite would evaluate a constant check once before the first row, and refuse a statement without rows.
  defineVolatile(db, 'require_policy', [2], (passes, table) => {
    if (passes === 1n || passes === 1) return 1n;
    throw new SqlError({ sqlstate: '42501', message: `new row violates row-level security policy for table "${table}"` });
  });
}
