/** CREATE, ALTER and DROP POLICY. */

import { z } from 'zod';
import { requireClaimParameters } from '#lib/engine/sql/claim-parameters.ts';
import { Cursor, type QualifiedName } from '#lib/engine/sql/cursor.ts';
import { compilePolicy, refuseCycles } from '#lib/engine/sql/policy-check.ts';
import { findRelation, getRelation, requireRole } from '#lib/engine/sql/schema-facts.ts';
import type { Script, StatementHandler } from '#lib/engine/sql/script.ts';
import { duplicateObject, syntaxError, undefinedObject } from '#lib/engine/sql/sql-problems.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

const commands = ['all', 'select', 'insert', 'update', 'delete'] as const;

interface PolicyRow {
  table: QualifiedName;
  name: string;
  command: (typeof commands)[number];
  permissive: boolean;
  roles: string[];
  using: string | null;
  check: string | null;
}

export const createPolicy: StatementHandler = (script, cursor) => {
  const ifNotExists = cursor.accept('if', 'not', 'exists');
  const name = cursor.name();
  cursor.expect('on');
  const table = readTable(script, cursor);
  const policy: PolicyRow = { table, name, command: 'all', permissive: true, roles: ['public'], using: null, check: null };
  if (cursor.accept('as')) {
    if (cursor.accept('restrictive')) policy.permissive = false;
    else cursor.expect('permissive');
  }
  if (cursor.accept('for')) {
    const command = commands.find((word) => cursor.accept(word));
    if (command === undefined) throw syntaxError(cursor.peek());
    policy.command = command;
  }
  readClauses(script, cursor, policy);
  if (exists(script, table, name)) {
    if (ifNotExists) return 'CREATE POLICY';
    throw duplicateObject('policy', name, table.name);
  }
  save(script, policy);
  script.touch(table, name);
  return 'CREATE POLICY';
};

export const alterPolicy: StatementHandler = (script, cursor) => {
  const name = cursor.name();
  cursor.expect('on');
  const table = readTable(script, cursor);
  const row = script.connection.get(
    'SELECT command, permissive, roles, using_sql, check_sql FROM main._koyalite_rls_policies WHERE schema_name = ? AND table_name = ? AND name = ?',
    table.schema,
    table.name,
    name,
  );
  if (row === undefined) throw undefinedObject('policy', name, table.name);
  if (cursor.accept('rename', 'to')) {
    const to = cursor.name();
    cursor.end();
    if (exists(script, table, to)) throw duplicateObject('policy', to, table.name);
    script.connection.run(
      'UPDATE main._koyalite_rls_policies SET name = ? WHERE schema_name = ? AND table_name = ? AND name = ?',
      to,
      table.schema,
      table.name,
      name,
    );
    script.touch(table, to);
    return 'ALTER POLICY';
  }
  const policy: PolicyRow = {
    table,
    name,
    command: z.enum(commands).parse(row.command),
    permissive: row.permissive === 1,
    roles: z.array(z.string()).parse(JSON.parse(String(row.roles))),
    using: typeof row.using_sql === 'string' ? row.using_sql : null,
    check: typeof row.check_sql === 'string' ? row.check_sql : null,
  };
  readClauses(script, cursor, policy);
  save(script, policy);
  script.touch(table, name);
  return 'ALTER POLICY';
};

export const dropPolicy: StatementHandler = (script, cursor) => {
  const ifExists = cursor.accept('if', 'exists');
  const name = cursor.name();
  cursor.expect('on');
  const written = cursor.qualifiedName();
  if (!cursor.accept('cascade')) cursor.accept('restrict');
  cursor.end();
  if (ifExists && findRelation(script.connection, written) === null) return 'DROP POLICY';
  const table = getRelation(script.connection, written);
  if (!ifExists && !exists(script, table, name)) throw undefinedObject('policy', name, table.name);
  script.connection.run(
    'DELETE FROM main._koyalite_rls_policies WHERE schema_name = ? AND table_name = ? AND name = ?',
    table.schema,
    table.name,
    name,
  );
  script.touch(table, null);
  return 'DROP POLICY';
};

function readTable(script: Script, cursor: Cursor): QualifiedName {
  const relation = getRelation(script.connection, cursor.qualifiedName());
  if (relation.kind === 'view') throw new SqlError({ sqlstate: '42809', message: `"${relation.name}" is not a table` });
  return { schema: relation.schema, name: relation.name };
}

/** `TO a, b USING (…) WITH CHECK (…)`. */
function readClauses(script: Script, cursor: Cursor, policy: PolicyRow): void {
  if (cursor.accept('to')) {
    const roles: string[] = [];
    do roles.push(toRole(cursor.name()));
    while (cursor.accept(','));
    for (const role of roles) requireRole(script.connection, role);
    policy.roles = roles;
  }
  if (cursor.accept('using')) policy.using = readExpression(cursor);
  if (cursor.accept('with', 'check')) policy.check = readExpression(cursor);
  cursor.end();
  if (policy.command === 'insert' && policy.using !== null)
    throw new SqlError({ sqlstate: '42601', message: 'only WITH CHECK expression allowed for INSERT' });
  if ((policy.command === 'select' || policy.command === 'delete') && policy.check !== null) {
    throw new SqlError({ sqlstate: '42601', message: 'WITH CHECK cannot be applied to SELECT or DELETE' });
  }
}

function readExpression(cursor: Cursor): string {
  const at = cursor.peek();
  const tokens = cursor.parenthesisedTokens();
  requireClaimParameters(tokens);
  const text = tokens
    .map((token) => token.text)
    .join('')
    .trim();
  if (text === '') throw syntaxError(at);
  // One expression and nothing after it: the text is later put between parentheses.
  new Cursor(tokenize(text)).rest();
  return text;
}

function toRole(name: string): string {
  return name === 'current_user' || name === 'session_user' || name === 'current_role' ? 'postgres' : name;
}

function exists(script: Script, table: QualifiedName, name: string): boolean {
  return (
    script.connection.get(
      'SELECT 1 FROM main._koyalite_rls_policies WHERE schema_name = ? AND table_name = ? AND name = ?',
      table.schema,
      table.name,
      name,
    ) !== undefined
  );
}

function save(script: Script, policy: PolicyRow): void {
  const wrong = compilePolicy(script.connection, policy);
  if (wrong !== null) throw wrong;
  script.connection.run(
    `INSERT INTO main._koyalite_rls_policies (schema_name, table_name, name, command, permissive, roles, using_sql, check_sql) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET roles = excluded.roles, using_sql = excluded.using_sql, check_sql = excluded.check_sql`,
    policy.table.schema,
    policy.table.name,
    policy.name,
    policy.command,
    policy.permissive ? 1 : 0,
    JSON.stringify(policy.roles),
    policy.using,
    policy.check,
  );
  refuseCycles(script.connection, policy.table);
}
