/** A table's definition as the DDL that SQLite stores: every name quoted, every constraint named. */

import { quoteName } from '#lib/engine/sql/quote.ts';
import type { ColumnDefinition, Reference, TableConstraint, TableDefinition } from '#lib/engine/sql/table-definition.ts';

const plainTypes = new Set(['integer', 'text', 'real', 'blob', 'boolean']);

/** Types and expressions must already be SQLite's. */
export function renderCreateTable(stored: string, definition: TableDefinition): string {
  const key = definition.constraints.find((constraint) => constraint.kind === 'primary key');
  const inline = definition.columns.find((column) => column.autoincrement);
  const lines = definition.columns.map((column) => renderColumn(column, column === inline ? (key ?? null) : null));
  for (const constraint of definition.constraints)
    if (constraint !== key || inline === undefined) lines.push(renderConstraint(constraint));
  const options = [...(definition.strict ? ['STRICT'] : []), ...(definition.withoutRowid ? ['WITHOUT ROWID'] : [])].join(', ');
  return `CREATE TABLE ${quoteName(stored)} (\n  ${lines.join(',\n  ')}\n)${options === '' ? '' : ` ${options}`}`;
}

/** `"a" "uuid text" NOT NULL DEFAULT (…)`: what ADD COLUMN takes as well. */
export function renderColumn(column: ColumnDefinition, key: TableConstraint | null = null): string {
  const parts = [quoteName(column.name)];
  if (column.typeText !== '')
    parts.push(plainTypes.has(column.typeText.toLowerCase()) ? column.typeText : quoteName(column.typeText));
  if (key !== null) parts.push(`CONSTRAINT ${quoteName(key.name)} PRIMARY KEY AUTOINCREMENT`);
  if (column.notNull) parts.push('NOT NULL');
  if (column.default !== null) parts.push(`DEFAULT (${column.default})`);
  if (column.collate !== null) parts.push(`COLLATE ${quoteName(column.collate)}`);
  if (column.generated !== null)
    parts.push(`GENERATED ALWAYS AS (${column.generated.expression}) ${column.generated.stored ? 'STORED' : 'VIRTUAL'}`);
  return parts.join(' ');
}

export function renderConstraint(constraint: TableConstraint): string {
  const name = `CONSTRAINT ${quoteName(constraint.name)}`;
  const columns = constraint.columns.map(quoteName).join(', ');
  switch (constraint.kind) {
    case 'primary key':
      return `${name} PRIMARY KEY (${columns})`;
    case 'unique':
      return `${name} UNIQUE (${columns})`;
    case 'check':
      return `${name} CHECK (${constraint.expression})`;
    case 'foreign key':
      return `${name} FOREIGN KEY (${columns}) ${constraint.references === null ? '' : renderReference(constraint.references)}`;
  }
}

export function renderReference(reference: Reference): string {
  const parts = [`REFERENCES ${quoteName(reference.table)}`];
  if (reference.columns.length > 0) parts.push(`(${reference.columns.map(quoteName).join(', ')})`);
  if (reference.onDelete !== null) parts.push(`ON DELETE ${reference.onDelete.toUpperCase()}`);
  if (reference.onUpdate !== null) parts.push(`ON UPDATE ${reference.onUpdate.toUpperCase()}`);
  if (reference.deferred) parts.push('DEFERRABLE INITIALLY DEFERRED');
  return parts.join(' ');
}
