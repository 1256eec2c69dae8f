/** The parameters that SQL kept in the schema may name: the caller's claims, bound to every guarded statement. */

import type { Token } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

const claims: ReadonlySet<string> = new Set([
  ':auth_uid',
  ':auth_role',
  ':auth_jwt',
  ':request_method',
  ':request_path',
  ':request_headers',
  ':request_cookies',
  ':request_settings',
  ':realtime_topic',
  ':storage_operation',
]);

/** Throws 42P02: nobody would ever bind another parameter. */
export function requireClaimParameters(tokens: readonly Token[]): void {
  for (const token of tokens) {
    if (token.kind !== 'param' || claims.has(token.text)) continue;
    throw new SqlError({
      sqlstate: '42P02',
      message: `there is no parameter ${token.text}`,
      hint: 'Write the value into the expression, or read the caller with auth.uid() and auth.jwt().',
      line: token.line,
      column: token.column,
    });
  }
}
