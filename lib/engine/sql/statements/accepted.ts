/** Statements of PostgreSQL that mean nothing here, and those that cannot be honoured. */

import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { unsupported } from '#lib/engine/sql/sql-problems.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** Taken without effect, so that scripts written for PostgreSQL run. */
export function accepted(tag: string): StatementHandler {
  return (_script, cursor) => {
    cursor.rest();
    return tag;
  };
}

export function refused(what: string, hint: string): StatementHandler {
  return () => {
    throw unsupported(what, hint);
  };
}

export const rollback: StatementHandler = () => {
  throw new SqlError({
    sqlstate: '2D000',
    message: 'invalid transaction termination',
    hint: 'A script is one transaction; it is rolled back when a statement fails.',
  });
};

/** What these bring is built in, or harmless to be without. */
const extensions = new Set([
  'uuid-ossp',
  'pgcrypto',
  'citext',
  'pg_trgm',
  'unaccent',
  'vector',
  'pgvector',
  'postgis',
  'pg_stat_statements',
  'pg_graphql',
  'pgjwt',
  'plpgsql',
  'supabase_vault',
  'btree_gin',
  'btree_gist',
  'hstore',
  'moddatetime',
  'pg_net',
  'pg_cron',
  'http',
  'intarray',
  'ltree',
]);

export const createExtension: StatementHandler = (_script, cursor) => {
  cursor.accept('if', 'not', 'exists');
  const name = cursor.name();
  cursor.rest();
  if (!extensions.has(name)) {
    throw new SqlError({
      sqlstate: '0A000',
      message: `extension "${name}" is not available`,
      hint: 'SQLite has no PostgreSQL extensions; much of theirs is built in.',
    });
  }
  return 'CREATE EXTENSION';
};
