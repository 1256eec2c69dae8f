/** The privileges a GRANT or REVOKE names, and what each kind of object takes. */

import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export interface Privilege {
  readonly name: string;
  /** Empty = the whole object. */
  readonly columns: readonly string[];
}

const known = new Set(
  'all select insert update delete truncate references trigger usage create connect temporary temp execute set maintain'.split(
    ' ',
  ),
);

const byObject: Readonly<Record<string, readonly string[]>> = {
  relation: ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain'],
  column: ['select', 'insert', 'update', 'references'],
  function: ['execute'],
  procedure: ['execute'],
  sequence: ['usage', 'select', 'update'],
  schema: ['usage', 'create'],
  database: ['create', 'connect', 'temporary', 'temp'],
  type: ['usage'],
  domain: ['usage'],
  language: ['usage'],
};

/** `SELECT (a, b), INSERT` as well as role names: the words are judged when the object is known. */
export function parsePrivileges(cursor: Cursor): Privilege[] {
  const found: Privilege[] = [];
  do {
    const name = cursor.name();
    if (name === 'all') cursor.accept('privileges');
    found.push({ name, columns: cursor.at('(') ? cursor.nameList() : [] });
  } while (cursor.accept(','));
  return found;
}

/** Throws 42601 for a word that is no privilege, 0LP01 for one that this kind of object has not. */
export function requirePrivileges(privileges: readonly Privilege[], object: string): void {
  for (const { name, columns } of privileges) {
    if (!known.has(name)) throw new SqlError({ sqlstate: '42601', message: `unrecognized privilege type "${name}"` });
    if (columns.length > 0 && object !== 'relation')
      throw new SqlError({ sqlstate: '0LP01', message: 'column privileges are only valid for relations' });
    const kind = columns.length > 0 ? 'column' : object;
    if (name !== 'all' && byObject[kind]?.includes(name) !== true)
      throw new SqlError({ sqlstate: '0LP01', message: `invalid privilege type ${name.toUpperCase()} for ${kind}` });
  }
}
