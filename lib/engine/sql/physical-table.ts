/** From the types, defaults and checks a person wrote to the ones SQLite stores. */

import type { ColumnNote } from '#lib/engine/sql/catalog-notes.ts';
import { inTable } from '#lib/engine/sql/long-numerics.ts';
import { quoteText, unquoteName } from '#lib/engine/sql/quote.ts';
import { literalValue } from '#lib/engine/sql/rewrite/literal-value.ts';
import { toTree } from '#lib/engine/sql/rewrite/tree.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { undefinedObject, unsupported } from '#lib/engine/sql/sql-problems.ts';
import type { ColumnDefinition, TableConstraint, TableDefinition } from '#lib/engine/sql/table-definition.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import { parseType, toPhysicalType } from '#lib/engine/types/declared-type.ts';
import { encodeText } from '#lib/engine/types/encode.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';

export type Enums = ReadonlyMap<string, readonly string[]>;

/** A column as SQLite stores it, and what `_koyalite_columns` remembers of it. */
export interface PhysicalColumn {
  readonly column: ColumnDefinition;
  readonly note: ColumnNote;
}

export function toPhysicalTable(
  written: TableDefinition,
  enums: Enums,
): { definition: TableDefinition; notes: Map<string, ColumnNote> } {
  const table = withIdentityKey(written);
  const key = table.constraints.find((constraint) => constraint.kind === 'primary key');
  const notes = new Map<string, ColumnNote>();
  const columns = table.columns.map((column) => {
    const inKey = key?.columns.some((name) => name.toLowerCase() === column.name.toLowerCase()) ?? false;
    const made = toPhysicalColumn(column, enums, inKey);
    notes.set(column.name, made.note);
    return made.column;
  });
  return {
    definition: {
      ...table,
      columns,
      constraints: table.constraints.map((constraint) => toPhysicalConstraint(constraint, columns)),
    },
    notes,
  };
}

/**
 * SQLite counts only in a one-column primary key. An identity column in a wider key (partitioned tables need one) is
 * unique by itself, so it becomes the key.
 */
function withIdentityKey(table: TableDefinition): TableDefinition {
  const identity = table.columns.find((column) => column.identity !== null);
  if (identity === undefined) return table;
  const key = table.constraints.find((constraint) => constraint.kind === 'primary key');
  if (key?.columns.some((name) => name.toLowerCase() === identity.name.toLowerCase()) !== true) {
    throw unsupported(
      `identity column "${identity.name}" that is not the primary key`,
      'Make it the primary key, or give it a default.',
    );
  }
  const inKey = new Set(key.columns.map((name) => name.toLowerCase()));
  return {
    ...table,
    columns: table.columns.map((column) => (inKey.has(column.name.toLowerCase()) ? { ...column, notNull: true } : column)),
    constraints: table.constraints.map((constraint) => (constraint === key ? { ...key, columns: [identity.name] } : constraint)),
  };
}

export function toPhysicalColumn(column: ColumnDefinition, enums: Enums, inKey = false): PhysicalColumn {
  const type = requireType(column.typeText, enums);
  const written = column.default === null ? null : toTypedDefault(column.default, type, column.typeText);
  const autoincrement = column.identity !== null || column.autoincrement;
  const physical: ColumnDefinition = {
    ...column,
    typeText: autoincrement ? 'INTEGER' : column.typeText === '' ? '' : unquoteName(toPhysicalType(type)),
    notNull: column.notNull || (inKey && !autoincrement),
    default: written === null ? null : toPhysicalDefault(written, enums),
    autoincrement,
    identity: null,
    generated: column.generated && {
      ...column.generated,
      expression: rewriteSql(column.generated.expression, { builtinsOnly: true, enums }),
    },
    // SQLite has three collations; PostgreSQL's are locales that sort text, which BINARY does for "C".
    collate: column.collate !== null && /^(?:binary|nocase|rtrim)$/i.test(column.collate) ? column.collate : null,
  };
  const note = {
    type: column.typeText === '' ? '' : type.name,
    default: written,
    identity: column.identity,
    domain: column.domain ?? null,
  };
  return { column: physical, note };
}

/** `columns`: those of its table, as they are stored. */
export function toPhysicalConstraint(constraint: TableConstraint, columns: readonly ColumnDefinition[]): TableConstraint {
  if (constraint.expression === null) return constraint;
  return {
    ...constraint,
    expression: rewriteSql(constraint.expression, { builtinsOnly: true, isLongNumeric: inTable(columns) }),
  };
}

/** Throws 42704 for a type nobody knows. */
export function requireType(typeText: string, enums: Enums): SemanticType {
  const type = parseType(typeText, enums);
  if (type.kind === 'unknown' && typeText !== '') throw undefinedObject('type', typeText);
  return type;
}

/** A bare literal carries its column's type, so that it is stored as that type is; a moment is cut to a date where one is asked for. */
export function toTypedDefault(text: string, type: SemanticType, typeText: string): string {
  const value = literalValue(toTree(tokenize(text)).nodes);
  if (value !== null && type.kind !== 'text' && type.kind !== 'unknown') {
    encodeText(type, value);
    return `${quoteText(value)}::${toTypeSql(typeText)}`;
  }
  const isMoment = type.kind === 'date' || type.kind === 'timestamp';
  return isMoment && value === null && /now|current|timezone|timestamp/i.test(text) ? `(${text})::${type.kind}` : text;
}

function toTypeSql(typeText: string): string {
  return /^[a-z_][\w ]*(?:\([\d,]+\))?(?:\[\])*$/.test(typeText) ? typeText : `"${typeText.replaceAll('"', '""')}"`;
}

/** Null when SQLite cannot evaluate it by itself: it reads the caller's claims, or is no constant expression. */
export function toPhysicalDefault(written: string, enums: Enums): string | null {
  const sql = rewriteSql(written, { builtinsOnly: true, enums }).trim();
  if (/^null$/i.test(sql)) return null;
  if (tokenize(sql).some((token) => token.kind === 'param')) return null;
  if (/\bnextval\s*\(/i.test(sql)) throw unsupported('nextval', 'Declare the column GENERATED BY DEFAULT AS IDENTITY.');
  if (/\(\s*select\b/i.test(sql)) throw new SqlError({ sqlstate: '0A000', message: 'cannot use subquery in DEFAULT expression' });
  return sql;
}

/** True for a default that ADD COLUMN takes: SQLite wants a constant there. */
export function isConstant(sql: string): boolean {
  return /^(?:[+-]?\s*[\d.]+(?:[eE][+-]?\d+)?|'(?:[^']|'')*'|true|false|null|x'[0-9a-f]*')$/i.test(sql.trim());
}
