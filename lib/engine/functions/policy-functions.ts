/** `require_policy(passes, table)`: raises 42501 for a row the policies refuse. */

import { defineNullable, type Registrar } from '#lib/engine/functions/define.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export function registerPolicies(db: Registrar): void {
  defineNullable(db, 'require_policy', [2], (passes, table) => {
    if (passes === 1n || passes === 1) return 1n;
    throw new SqlError({ sqlstate: '42501', message: `new row violates row-level security policy for table "${table}"` });
  });
}
