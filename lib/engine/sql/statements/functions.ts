/** CREATE [OR REPLACE] FUNCTION … LANGUAGE sql, ALTER FUNCTION and DROP FUNCTION. */

import type { Cursor, QualifiedName } from '#lib/engine/sql/cursor.ts';
import { parseTypeText } from '#lib/engine/sql/parse-type-text.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { requireSchema } from '#lib/engine/sql/schema-facts.ts';
import type { Script, StatementHandler } from '#lib/engine/sql/script.ts';
import { splitStatements } from '#lib/engine/sql/split-statements.ts';
import { dependentObjects, syntaxError, undefinedFunction, unsupported } from '#lib/engine/sql/sql-problems.ts';
import {
  parseArguments,
  skipSignature,
  toSignature,
  toTypeName,
  type WrittenArgument,
} from '#lib/engine/sql/statements/function-signature.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

interface Returns {
  setof: boolean;
  type: string | null;
  columns: { name: string; type: string }[];
  void: boolean;
  rows: number | null;
}

interface Attributes {
  language: string | null;
  volatility: 'immutable' | 'stable' | 'volatile';
  security: 'invoker' | 'definer';
  strict: boolean;
  rows: number | null;
  body: string | null;
}

export const createFunction: StatementHandler = (script, cursor, statement) => {
  const replaces = /^create\s+or\s+replace/i.test(statement.text);
  const name = cursor.qualifiedName();
  requireSchema(script.connection, name.schema);
  const written = parseArguments(cursor);
  const inputs = written.filter((argument) => !argument.out);
  const outs = written.filter((argument) => argument.out);
  const returns = parseReturns(cursor, outs);
  const attributes = parseAttributes(cursor);
  if (attributes.language !== null && attributes.language !== 'sql') {
    throw unsupported(`LANGUAGE ${attributes.language}`, 'Write the function in LANGUAGE sql, or as an edge function.');
  }
  if (attributes.body === null) throw new SqlError({ sqlstate: '42P13', message: 'no function body specified' });
  const signature = toSignature(inputs);
  if (findFunction(script, name, signature) && !replaces) {
    throw new SqlError({ sqlstate: '42723', message: `function "${name.name}" already exists with same argument types` });
  }
  requireReadable(attributes.body, inputs, name.name);
  script.connection.run(
    `INSERT INTO main._koyalite_functions (schema_name, name, signature, arguments, returns, language, volatility, security, strict, body)
     VALUES (?, ?, ?, ?, ?, 'sql', ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET arguments = excluded.arguments, returns = excluded.returns, volatility = excluded.volatility,
       security = excluded.security, strict = excluded.strict, body = excluded.body`,
    name.schema,
    name.name,
    signature,
    JSON.stringify(inputs.map(({ out: _, ...argument }) => ({ ...argument, type: toTypeName(argument.type) }))),
    JSON.stringify({ ...returns, rows: attributes.rows }),
    attributes.volatility,
    attributes.security,
    attributes.strict ? 1 : 0,
    attributes.body,
  );
  return 'CREATE FUNCTION';
};

function parseReturns(cursor: Cursor, outs: readonly WrittenArgument[]): Returns {
  const none: Returns = { setof: false, type: null, columns: [], void: false, rows: null };
  const outColumns = outs.map((argument, index) => ({
    name: argument.name === '' ? `column${index + 1}` : argument.name,
    type: toTypeName(argument.type),
  }));
  if (!cursor.accept('returns')) {
    const [only] = outColumns;
    if (only === undefined) throw new SqlError({ sqlstate: '42P13', message: 'function result type must be specified' });
    return outColumns.length === 1 ? { ...none, type: only.type } : { ...none, columns: outColumns };
  }
  if (cursor.accept('table')) {
    const columns = parseArguments(cursor).map(({ name, type }) => ({ name, type: toTypeName(type) }));
    return { ...none, setof: true, columns };
  }
  const setof = cursor.accept('setof');
  const at = cursor.peek();
  const type = parseTypeText(cursor);
  if (type === '') throw syntaxError(at);
  if (/^void$/i.test(type)) return { ...none, setof, void: true };
  if (/^trigger$/i.test(type))
    throw unsupported('a function that returns trigger', 'Write the statements into CREATE TRIGGER … BEGIN … END.');
  if (/^record$/i.test(type) && outColumns.length > 0) return { ...none, setof, columns: outColumns };
  return { ...none, setof, type: toTypeName(type) };
}

function parseAttributes(cursor: Cursor): Attributes {
  const found: Attributes = {
    language: null,
    volatility: 'volatile',
    security: 'invoker',
    strict: false,
    rows: null,
    body: null,
  };
  while (!cursor.done) {
    if (cursor.accept('language')) found.language = readLanguage(cursor);
    else if (cursor.accept('immutable')) found.volatility = 'immutable';
    else if (cursor.accept('stable')) found.volatility = 'stable';
    else if (cursor.accept('volatile')) found.volatility = 'volatile';
    else if (cursor.accept('strict') || cursor.accept('returns', 'null', 'on', 'null', 'input')) found.strict = true;
    else if (cursor.accept('called', 'on', 'null', 'input')) found.strict = false;
    else if (cursor.accept('security', 'definer') || cursor.accept('external', 'security', 'definer')) found.security = 'definer';
    else if (cursor.accept('security', 'invoker') || cursor.accept('external', 'security', 'invoker')) found.security = 'invoker';
    else if (cursor.accept('rows')) found.rows = Number(cursor.next().text);
    else if (cursor.accept('cost')) cursor.next();
    else if (cursor.accept('parallel')) cursor.name();
    else if (cursor.accept('leakproof') || cursor.accept('not', 'leakproof') || cursor.accept('window')) continue;
    else if (cursor.accept('set')) skipSetting(cursor);
    else if (cursor.accept('as')) {
      found.body = cursor.string().trim();
      if (cursor.accept(',')) throw unsupported('a function in C');
    } else if (cursor.accept('return')) found.body = `SELECT ${cursor.rest()}`;
    else if (cursor.accept('begin', 'atomic')) {
      const body = cursor.rest();
      if (!/;?\s*end\s*$/i.test(body)) throw syntaxError(null);
      found.body = body.replace(/;?\s*end\s*$/i, '').trim();
    } else throw syntaxError(cursor.peek());
  }
  return found;
}

function readLanguage(cursor: Cursor): string {
  return (cursor.peek()?.kind === 'string' ? cursor.string() : cursor.name()).toLowerCase();
}

/** `SET search_path = '', public` and `SET x TO y`. */
function skipSetting(cursor: Cursor): void {
  cursor.name();
  while (cursor.accept('.')) cursor.name();
  if (!cursor.accept('=')) cursor.expect('to');
  do cursor.next();
  while (cursor.accept(','));
}

/** A body that cannot even be rewritten is refused now; names are resolved when it is called, behind the caller's walls. */
function requireReadable(body: string, inputs: readonly WrittenArgument[], functionName: string): void {
  const argumentNames = inputs.map((argument) => argument.name);
  for (const statement of splitStatements(body)) rewriteSql(statement.text, { argumentNames, functionName });
}

function findFunction(script: Script, name: QualifiedName, signature: string): boolean {
  return (
    script.connection.get(
      'SELECT 1 FROM main._koyalite_functions WHERE schema_name = ? AND name = ? AND signature = ?',
      name.schema,
      name.name,
      signature,
    ) !== undefined
  );
}

/** The one function meant: by signature, or by name when it has no overloads. Throws 42883 and 42725. */
function resolveSignature(script: Script, name: QualifiedName, signature: string | null): string | null {
  if (signature !== null) return findFunction(script, name, signature) ? signature : null;
  const rows = script.connection.all(
    'SELECT signature FROM main._koyalite_functions WHERE schema_name = ? AND name = ?',
    name.schema,
    name.name,
  );
  if (rows.length > 1)
    throw new SqlError({
      sqlstate: '42725',
      message: `function name "${name.name}" is not unique`,
      hint: 'Specify the argument list to select the function unambiguously.',
    });
  return rows[0] === undefined ? null : String(rows[0].signature);
}

export const alterFunction: StatementHandler = (script, cursor) => {
  const name = cursor.qualifiedName();
  const written = skipSignature(cursor);
  const signature = resolveSignature(script, name, written);
  if (signature === null) throw undefinedFunction(`${name.name}(${written ?? ''})`);
  const where = 'WHERE schema_name = ? AND name = ? AND signature = ?';
  const key = [name.schema, name.name, signature] as const;
  if (cursor.accept('rename', 'to')) {
    script.connection.run(`UPDATE main._koyalite_functions SET name = ? ${where}`, cursor.name(), ...key);
  } else if (cursor.accept('set', 'schema')) {
    const schema = cursor.name();
    requireSchema(script.connection, schema);
    script.connection.run(`UPDATE main._koyalite_functions SET schema_name = ? ${where}`, schema, ...key);
  } else if (cursor.accept('owner', 'to')) {
    cursor.name();
  } else {
    while (!cursor.done) {
      if (cursor.accept('security', 'definer'))
        script.connection.run(`UPDATE main._koyalite_functions SET security = 'definer' ${where}`, ...key);
      else if (cursor.accept('security', 'invoker'))
        script.connection.run(`UPDATE main._koyalite_functions SET security = 'invoker' ${where}`, ...key);
      else if (cursor.at('immutable') || cursor.at('stable') || cursor.at('volatile')) {
        script.connection.run(`UPDATE main._koyalite_functions SET volatility = ? ${where}`, cursor.name(), ...key);
      } else if (cursor.accept('strict'))
        script.connection.run(`UPDATE main._koyalite_functions SET strict = 1 ${where}`, ...key);
      else if (cursor.accept('set')) skipSetting(cursor);
      else throw syntaxError(cursor.peek());
    }
  }
  cursor.end();
  return 'ALTER FUNCTION';
};

export const dropFunction: StatementHandler = (script, cursor) => {
  const ifExists = cursor.accept('if', 'exists');
  const found: { name: QualifiedName; signature: string }[] = [];
  do {
    const name = cursor.qualifiedName();
    const written = skipSignature(cursor);
    const signature = resolveSignature(script, name, written);
    if (signature !== null) found.push({ name, signature });
    else if (!ifExists) throw undefinedFunction(`${name.name}(${written ?? ''})`);
  } while (cursor.accept(','));
  const cascade = cursor.accept('cascade');
  if (!cascade) cursor.accept('restrict');
  cursor.end();
  for (const { name, signature } of found) {
    const users = findPoliciesCalling(script, name);
    if (users.length > 0 && !cascade)
      throw dependentObjects(
        `function ${name.name}(${signature})`,
        users.map((user) => `policy ${user.name} on table ${user.table}`),
      );
    for (const user of users)
      script.connection.run(
        'DELETE FROM main._koyalite_rls_policies WHERE schema_name = ? AND table_name = ? AND name = ?',
        user.schema,
        user.table,
        user.name,
      );
    script.connection.run(
      'DELETE FROM main._koyalite_functions WHERE schema_name = ? AND name = ? AND signature = ?',
      name.schema,
      name.name,
      signature,
    );
    script.connection.run(
      `DELETE FROM main._koyalite_grants WHERE object_kind = 'function' AND schema_name = ? AND object_name = ?
       AND NOT EXISTS (SELECT 1 FROM main._koyalite_functions WHERE schema_name = ? AND name = ?)`,
      name.schema,
      name.name,
      name.schema,
      name.name,
    );
  }
  return 'DROP FUNCTION';
};

function findPoliciesCalling(script: Script, name: QualifiedName): { schema: string; table: string; name: string }[] {
  const call = new RegExp(`(?<![\\w"])"?${name.name.replace(/[^\w]/g, '\\$&')}"?\\s*\\(`, 'i');
  return script.connection
    .all('SELECT schema_name, table_name, name, using_sql, check_sql FROM main._koyalite_rls_policies')
    .filter((row) => call.test(`${row.using_sql ?? ''} ${row.check_sql ?? ''}`))
    .map((row) => ({ schema: String(row.schema_name), table: String(row.table_name), name: String(row.name) }));
}
