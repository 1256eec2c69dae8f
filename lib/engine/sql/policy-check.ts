/** Whether a policy's expressions compile over its table, and whether policies read each other in a circle. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import type { QualifiedName } from '#lib/engine/sql/cursor.ts';
import { quoteName, toName } from '#lib/engine/sql/quote.ts';
import { readRelations } from '#lib/engine/sql/read-relations.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { findRelation, readEnums } from '#lib/engine/sql/schema-facts.ts';
import { splitStatements } from '#lib/engine/sql/split-statements.ts';
import { toSqlError } from '#lib/engine/sql/to-sql-error.ts';
import { isTrivia, tokenize } from '#lib/engine/sql/tokenize.ts';
import { parseViewBody } from '#lib/engine/sql/view-body.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export interface StoredPolicy {
  readonly table: QualifiedName;
  readonly name: string;
  readonly command: string;
  readonly using: string | null;
  readonly check: string | null;
}

export function listPolicies(connection: CachingConnection): StoredPolicy[] {
  return connection
    .all('SELECT schema_name, table_name, name, command, using_sql, check_sql FROM main._koyalite_rls_policies')
    .map((row) => ({
      table: { schema: String(row.schema_name), name: String(row.table_name) },
      name: String(row.name),
      command: String(row.command),
      using: typeof row.using_sql === 'string' ? row.using_sql : null,
      check: typeof row.check_sql === 'string' ? row.check_sql : null,
    }));
}

/** The error its expressions raise when compiled over its table; null when they are sound. */
export function compilePolicy(connection: CachingConnection, policy: StoredPolicy): SqlError | null {
  if (findRelation(connection, policy.table) === null)
    return new SqlError({ sqlstate: '42P01', message: `relation "${policy.table.name}" does not exist` });
  for (const sql of toPolicyQueries(connection, policy)) {
    try {
      connection.handle.prepare(sql);
    } catch (error) {
      const made = toSqlError(error);
      if (!callsOwnFunction(connection, made)) return made;
    }
  }
  return null;
}

/** Its expressions as queries over its table. */
export function toPolicyQueries(connection: CachingConnection, policy: StoredPolicy): string[] {
  const relation = findRelation(connection, policy.table);
  if (relation === null) return [];
  const enums = readEnums(connection);
  return [policy.using, policy.check].flatMap((expression) =>
    expression === null
      ? []
      : `SELECT 1 FROM ${quoteName(relation.stored)} AS ${quoteName(policy.table.name)} WHERE (${rewriteSql(expression, { enums })})`,
  );
}

/** SQLite does not know functions made with CREATE FUNCTION; they are put in place of their calls later. */
function callsOwnFunction(connection: CachingConnection, error: SqlError): boolean {
  const name = /^function (.+) does not exist$/.exec(error.message)?.[1]?.toLowerCase();
  if (error.sqlstate !== '42883' || name === undefined) return false;
  const [schema, bare] = name.includes('.')
    ? [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)]
    : ['public', name];
  return connection.get('SELECT 1 FROM main._koyalite_functions WHERE schema_name = ? AND name = ?', schema, bare) !== undefined;
}

/** Throws 42P17 when reading a table's policies comes back to that table. */
export function refuseCycles(connection: CachingConnection, start: QualifiedName): void {
  const edges = new Map<string, Set<string>>();
  for (const policy of listPolicies(connection)) {
    if ((policy.command !== 'select' && policy.command !== 'all') || policy.using === null) continue;
    const from = toKey(connection, policy.table);
    if (from === null) continue;
    const reached = edges.get(from) ?? new Set<string>();
    for (const node of readNodes(policy.using)) reached.add(node);
    edges.set(from, reached);
  }
  for (const row of connection.all(`SELECT name, sql FROM main.sqlite_schema WHERE type = 'view'`)) {
    edges.set(String(row.name).toLowerCase(), new Set(readNodes(parseViewBody(String(row.sql)).select)));
  }
  // A SECURITY DEFINER body reads past the policies; any other stands under them as if it were written in the policy.
  for (const row of connection.all(`SELECT schema_name, name, body FROM main._koyalite_functions WHERE security = 'invoker'`)) {
    const key = `${row.schema_name === 'public' ? '' : `${row.schema_name}.`}${row.name}()`.toLowerCase();
    const reached = edges.get(key) ?? new Set<string>();
    for (const statement of splitStatements(String(row.body))) for (const node of readNodes(statement.text)) reached.add(node);
    edges.set(key, reached);
  }
  const first = toKey(connection, start);
  if (first === null) return;
  const pending = [...(edges.get(first) ?? [])];
  const seen = new Set<string>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === first)
      throw new SqlError({ sqlstate: '42P17', message: `infinite recursion detected in policy for relation "${start.name}"` });
    if (seen.has(next)) continue;
    seen.add(next);
    pending.push(...(edges.get(next) ?? []));
  }
}

/** The relations it reads, and `name()` for each function it calls. */
function readNodes(sql: string): Set<string> {
  const nodes = new Set(readRelations(sql));
  const tokens = tokenize(sql).filter((token) => !isTrivia(token));
  tokens.forEach((token, at) => {
    if ((token.kind !== 'word' && token.kind !== 'quoted') || tokens[at + 1]?.text !== '(') return;
    const schema = tokens[at - 1]?.text === '.' ? tokens[at - 2] : undefined;
    const prefix = schema === undefined || toName(schema) === 'public' ? '' : `${toName(schema)}.`;
    nodes.add(`${prefix}${toName(token)}()`.toLowerCase());
  });
  return nodes;
}

function toKey(connection: CachingConnection, table: QualifiedName): string | null {
  return findRelation(connection, table)?.stored.toLowerCase() ?? null;
}
