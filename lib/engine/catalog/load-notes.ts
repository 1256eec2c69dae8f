/** What SQLite has no place for, kept beside it: comments, whether row-level security is on, defaults that call `auth.uid()`. */

import type { CachingConnection } from '#lib/engine/connection.ts';

export interface TableNotes {
  rls: boolean;
  securityInvoker: boolean;
  checkOption: boolean;
  /** A view's query as it was written, where the file holds another that SQLite can read by itself. */
  definition: string | null;
  comment: string | null;
}

export interface ColumnNotes {
  /** As it was declared; SQLite insists on INTEGER for an identity column. */
  type: string | null;
  default: string | null;
  /** GENERATED ALWAYS AS IDENTITY. */
  always: boolean;
  comment: string | null;
}

/** By `schema.table`. */
export function loadTableNotes(connection: CachingConnection): Map<string, TableNotes> {
  const rows = connection.all(
    'SELECT schema_name, name, rls_enabled, security_invoker, check_option, definition, comment FROM main._koyalite_tables',
  );
  return new Map(
    rows.map((row) => [
      `${row.schema_name}.${row.name}`,
      {
        rls: row.rls_enabled === 1,
        securityInvoker: row.security_invoker === 1,
        checkOption: row.check_option === 1,
        definition: textOrNull(row.definition),
        comment: textOrNull(row.comment),
      },
    ]),
  );
}

/** By `schema.table.column`. */
export function loadColumnNotes(connection: CachingConnection): Map<string, ColumnNotes> {
  const rows = connection.all(
    'SELECT schema_name, table_name, name, type, default_sql, identity, comment FROM main._koyalite_columns',
  );
  return new Map(
    rows.map((row) => [
      `${row.schema_name}.${row.table_name}.${row.name}`,
      {
        type: textOrNull(row.type),
        default: textOrNull(row.default_sql),
        always: row.identity === 'always',
        comment: textOrNull(row.comment),
      },
    ]),
  );
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
