/** Relations as JSON schemas, keys noted the way PostgREST notes them. */

import type { Catalog, Column, Table } from '#lib/engine/catalog/catalog.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';

export function toDefinition(catalog: Catalog, table: Table): Record<string, unknown> {
  const required = table.columns.filter((column) => !column.nullable && column.default === null).map((column) => column.name);
  return {
    ...(table.comment === null ? {} : { description: table.comment }),
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(table.columns.map((column) => [column.name, toProperty(catalog, table, column)])),
    type: 'object',
  };
}

function toProperty(catalog: Catalog, table: Table, column: Column): Record<string, unknown> {
  const { type } = column;
  const notes = [column.comment, toKeyNote(catalog, table, column.name)].filter((note) => note !== null);
  return {
    ...(column.default === null ? {} : { default: column.default }),
    ...(notes.length === 0 ? {} : { description: notes.join('\n\n') }),
    ...(type.labels === undefined ? {} : { enum: type.labels }),
    format: type.name,
    ...toSchema(type),
    ...(type.kind === 'text' && type.length !== undefined ? { maxLength: type.length } : {}),
  };
}

function toKeyNote(catalog: Catalog, table: Table, column: string): string | null {
  const lines: string[] = [];
  if (table.primaryKey?.columns.includes(column)) lines.push('This is a Primary Key.<pk/>');
  for (const key of table.foreignKeys) {
    const index = key.columns.indexOf(column);
    const target = catalog.tables.get(key.target)?.name;
    if (index < 0 || target === undefined) continue;
    const referenced = key.targetColumns[index] ?? '';
    lines.push(`This is a Foreign Key to \`${target}.${referenced}\`.<fk table='${target}' column='${referenced}'/>`);
  }
  return lines.length === 0 ? null : `Note:\n${lines.join('\n')}`;
}

/** The JSON type a value is sent as; json itself may be anything. */
export function toSchema(type: SemanticType): Record<string, unknown> {
  switch (type.kind) {
    case 'integer':
      return { type: 'integer' };
    case 'float':
    case 'numeric':
      return { type: 'number' };
    case 'boolean':
      return { type: 'boolean' };
    case 'array':
      return { type: 'array', items: type.element === undefined ? { type: 'string' } : toSchema(type.element) };
    case 'json':
    case 'geometry':
      return {};
    default:
      return { type: 'string' };
  }
}
