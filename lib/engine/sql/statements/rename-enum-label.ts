/** ALTER TYPE … RENAME VALUE: the label in rows, defaults, checks and policies. */

import { z } from 'zod';
import type { CachingConnection } from '#lib/engine/connection.ts';
import { rebuildTable } from '#lib/engine/sql/alter/rebuild-table.ts';
import { rewriteStoredSql, setColumnNote } from '#lib/engine/sql/catalog-notes.ts';
import type { QualifiedName } from '#lib/engine/sql/cursor.ts';
import { quoteName, quoteText, toStringValue } from '#lib/engine/sql/quote.ts';
import { type LabelColumns, renameLabelInCondition } from '#lib/engine/sql/rename-label.ts';
import { type Relation, toDefinition } from '#lib/engine/sql/schema-facts.ts';
import type { ColumnDefinition } from '#lib/engine/sql/table-definition.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';
import { encodeText } from '#lib/engine/types/encode.ts';

export interface EnumColumn {
  readonly relation: Relation;
  readonly column: ColumnDefinition;
  readonly isArray: boolean;
}

/** Each table is rebuilt, so that no trigger fires and no CHECK sees one half of the change. */
export function renameEnumLabel(
  connection: CachingConnection,
  type: QualifiedName,
  columns: readonly EnumColumn[],
  from: string,
  to: string,
): void {
  const tables = new Map<string, LabelColumns>();
  for (const { relation } of columns) {
    if (tables.has(relation.stored)) continue;
    const own = columns.filter((other) => other.relation.stored === relation.stored);
    const definition = toDefinition(relation);
    const names = {
      labelled: new Set(own.map(({ column }) => column.name.toLowerCase())),
      all: new Set(definition.columns.map((column) => column.name.toLowerCase())),
    };
    tables.set(relation.stored, names);
    const copy = new Map<string, string>();
    for (const { column, isArray } of own) copy.set(column.name, toRenamedValue(column.name, isArray, from, to));
    const found = new Map(own.map((entry) => [entry.column.name, entry]));
    const changed = {
      ...definition,
      columns: definition.columns.map((column) => {
        const entry = found.get(column.name);
        return entry === undefined || column.default === null
          ? column
          : { ...column, default: renameInDefault(column.default, entry.isArray, from, to, false) };
      }),
      constraints: definition.constraints.map((constraint) =>
        constraint.expression === null
          ? constraint
          : { ...constraint, expression: renameLabelInCondition(constraint.expression, names, type, from, to) },
      ),
    };
    rebuildTable(connection, relation.stored, changed, copy);
    for (const { column, isArray } of own) renameInNote(connection, relation, column.name, isArray, from, to);
  }
  const none: LabelColumns = { labelled: new Set(), all: new Set() };
  rewriteStoredSql(connection, (sql, policyOf) => {
    const stored = columns.find(({ relation }) => relation.schema === policyOf?.schema && relation.name === policyOf?.name);
    return renameLabelInCondition(sql, tables.get(stored?.relation.stored ?? '') ?? none, type, from, to);
  });
}

function toRenamedValue(name: string, isArray: boolean, from: string, to: string): string {
  const value = quoteName(name);
  const renamed = (sql: string) => `CASE WHEN ${sql} = ${quoteText(from)} THEN ${quoteText(to)} ELSE ${sql} END`;
  return isArray
    ? `CASE WHEN json_valid(${value}) THEN (SELECT json_group_array(${renamed('value')}) FROM json_each(${value})) ELSE ${value} END`
    : renamed(value);
}

function renameInNote(
  connection: CachingConnection,
  table: Relation,
  column: string,
  isArray: boolean,
  from: string,
  to: string,
): void {
  const text = connection.value(
    'SELECT default_sql FROM main._koyalite_columns WHERE schema_name = ? AND table_name = ? AND name = ?',
    table.schema,
    table.name,
    column,
  );
  if (typeof text === 'string')
    setColumnNote(connection, table, column, 'default_sql', renameInDefault(text, isArray, from, to, true));
}

/** `written` keeps an array as PostgreSQL's `{a,b}`; SQLite's own default is its JSON. */
function renameInDefault(text: string, isArray: boolean, from: string, to: string, written: boolean): string {
  return tokenize(text)
    .map((token) => {
      if (token.kind !== 'string') return token.text;
      const value = toStringValue(token.text);
      if (value === from) return quoteText(to);
      const labels = isArray ? readLabels(value) : null;
      if (labels === null || !labels.includes(from)) return token.text;
      const json = JSON.stringify(labels.map((label) => (label === from ? to : label)));
      return quoteText(written ? `{${json.slice(1, -1)}}` : json);
    })
    .join('');
}

function readLabels(text: string): string[] | null {
  try {
    const type = { kind: 'array', name: 'text[]', element: { kind: 'text', name: 'text' } } as const;
    return z.array(z.string()).parse(JSON.parse(text.startsWith('[') ? text : String(encodeText(type, text))));
  } catch {
    return null;
  }
}
