/** CREATE TYPE … AS ENUM, ALTER TYPE, DROP TYPE. */

import { z } from 'zod';
import type { CachingConnection } from '#lib/engine/connection.ts';
import { removeColumn } from '#lib/engine/sql/alter/alter-columns.ts';
import { TableEdit } from '#lib/engine/sql/alter/table-edit.ts';
import type { QualifiedName } from '#lib/engine/sql/cursor.ts';
import { readDomains, toTypeKey } from '#lib/engine/sql/domains.ts';
import { getRelation, listRelations, readEnums, requireSchema, toDefinition } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { dependentObjects, duplicateObject, syntaxError, undefinedObject, unsupported } from '#lib/engine/sql/sql-problems.ts';
import { type EnumColumn, renameEnumLabel } from '#lib/engine/sql/statements/rename-enum-label.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import { findType, parseType } from '#lib/engine/types/declared-type.ts';

const labelsSchema = z.array(z.string());

export const createType: StatementHandler = ({ connection }, cursor) => {
  const name = cursor.qualifiedName();
  requireSchema(connection, name.schema);
  cursor.expect('as');
  if (cursor.at('(')) throw unsupported('a composite type', 'Use a table, or a jsonb column.');
  if (cursor.accept('range')) throw unsupported('CREATE TYPE … AS RANGE', 'Use one of the built-in range types.');
  cursor.expect('enum', '(');
  const labels: string[] = [];
  if (!cursor.accept(')')) {
    do labels.push(cursor.string());
    while (cursor.accept(','));
    cursor.expect(')');
  }
  cursor.end();
  const repeated = labels.find((label, index) => labels.indexOf(label) !== index);
  if (repeated !== undefined) throw duplicateObject('enum label', repeated);
  if (
    findLabels(connection, name) !== null ||
    readDomains(connection).has(toTypeKey(name)) ||
    (name.schema === 'public' && findType(name.name) !== null)
  )
    throw duplicateObject('type', name.name);
  connection.run(
    'INSERT INTO main._koyalite_enums (schema_name, name, labels) VALUES (?, ?, ?)',
    name.schema,
    name.name,
    JSON.stringify(labels),
  );
  return 'CREATE TYPE';
};

export const alterType: StatementHandler = ({ connection }, cursor) => {
  const name = cursor.qualifiedName();
  const labels = findLabels(connection, name);
  if (labels === null) throw undefinedObject('type', name.name);
  if (cursor.accept('add', 'value')) {
    const ifNotExists = cursor.accept('if', 'not', 'exists');
    const label = cursor.string();
    if (labels.includes(label)) {
      if (!ifNotExists) throw duplicateObject('enum label', label);
    } else {
      let at = labels.length;
      if (cursor.at('before') || cursor.at('after')) {
        const after = cursor.accept('after');
        if (!after) cursor.expect('before');
        const neighbour = cursor.string();
        if (!labels.includes(neighbour)) throw unknownLabel(neighbour);
        at = labels.indexOf(neighbour) + (after ? 1 : 0);
      }
      saveLabels(connection, name, labels.toSpliced(at, 0, label));
    }
  } else if (cursor.accept('rename', 'value')) {
    const from = cursor.string();
    cursor.expect('to');
    const to = cursor.string();
    if (!labels.includes(from)) throw unknownLabel(from);
    if (labels.includes(to)) throw duplicateObject('enum label', to);
    const columns = findColumns(connection, name);
    saveLabels(
      connection,
      name,
      labels.map((label) => (label === from ? to : label)),
    );
    renameEnumLabel(connection, name, columns, from, to);
  } else if (cursor.accept('owner', 'to')) cursor.name();
  else if (cursor.at('rename', 'to'))
    throw unsupported('ALTER TYPE … RENAME TO', 'Make a type of the new name and change the columns to it.');
  else throw syntaxError(cursor.peek());
  cursor.rest();
  return 'ALTER TYPE';
};

export const dropType: StatementHandler = ({ connection }, cursor) => {
  const ifExists = cursor.accept('if', 'exists');
  const names = [cursor.qualifiedName()];
  while (cursor.accept(',')) names.push(cursor.qualifiedName());
  const cascade = cursor.accept('cascade');
  if (!cascade) cursor.accept('restrict');
  cursor.end();
  for (const name of names) {
    if (findLabels(connection, name) === null) {
      if (ifExists) continue;
      throw undefinedObject('type', name.name);
    }
    const users = findColumns(connection, name);
    if (cascade)
      for (const { relation, column } of users)
        removeColumn(new TableEdit(connection, getRelation(connection, relation)), column.name, true);
    else if (users.length > 0)
      throw dependentObjects(
        `type ${name.name}`,
        users.map(({ relation, column }) => `column ${column.name} of table ${relation.name} depends on type ${name.name}`),
      );
    connection.run('DELETE FROM main._koyalite_enums WHERE schema_name = ? AND name = ?', name.schema, name.name);
  }
  return 'DROP TYPE';
};

function findLabels(connection: CachingConnection, name: QualifiedName): string[] | null {
  const text = connection.value(
    'SELECT labels FROM main._koyalite_enums WHERE schema_name = ? AND name = ?',
    name.schema,
    name.name,
  );
  return typeof text === 'string' ? labelsSchema.parse(JSON.parse(text)) : null;
}

function saveLabels(connection: CachingConnection, name: QualifiedName, labels: readonly string[]): void {
  connection.run(
    'UPDATE main._koyalite_enums SET labels = ? WHERE schema_name = ? AND name = ?',
    JSON.stringify(labels),
    name.schema,
    name.name,
  );
}

function findColumns(connection: CachingConnection, type: QualifiedName): EnumColumn[] {
  const enums = readEnums(connection);
  const wanted = type.schema === 'public' ? type.name : `${type.schema}.${type.name}`;
  return listRelations(connection).flatMap((relation) => {
    if (relation.kind !== 'table') return [];
    return toDefinition(relation).columns.flatMap((column) => {
      const found = parseType(column.typeText, enums);
      const isIt =
        found.kind === 'enum' ? found.name === wanted : found.element?.kind === 'enum' && found.element.name === wanted;
      return isIt ? [{ relation, column, isArray: found.kind !== 'enum' }] : [];
    });
  });
}

function unknownLabel(label: string): SqlError {
  return new SqlError({ sqlstate: '22023', message: `"${label}" is not an existing enum label` });
}
