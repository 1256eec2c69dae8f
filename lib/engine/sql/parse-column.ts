/** One column of a CREATE TABLE or ADD COLUMN: name, type and the constraints written beside it. */

import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { acceptNullsDistinct } from '#lib/engine/sql/nulls-distinct.ts';
import { parseReference } from '#lib/engine/sql/parse-reference.ts';
import { parseTypeText } from '#lib/engine/sql/parse-type-text.ts';
import { syntaxError } from '#lib/engine/sql/sql-problems.ts';
import type { ColumnDefinition, Reference, UnnamedConstraint } from '#lib/engine/sql/table-definition.ts';

export interface ParsedColumn {
  readonly column: ColumnDefinition;
  readonly constraints: readonly UnnamedConstraint[];
}

const serialTypes = new Set(['serial', 'bigserial', 'smallserial', 'serial2', 'serial4', 'serial8']);
const defaultEnds = ['constraint', 'primary', 'not', 'null', 'unique', 'check', 'collate', 'references', 'generated', ','];

/** Serial types come back as their integer type, NOT NULL, with `identity` set. */
export function parseColumn(cursor: Cursor): ParsedColumn {
  const name = cursor.name();
  const written = parseTypeText(cursor);
  const serial = serialTypes.has(written.toLowerCase());
  let notNull = serial;
  let fallback: string | null = null;
  let primaryKey = false;
  let autoincrement = false;
  let unique = false;
  let references: Reference | null = null;
  let generated: ColumnDefinition['generated'] = null;
  let collate: string | null = null;
  let identity: ColumnDefinition['identity'] = serial ? 'by default' : null;
  const check: string[] = [];
  const constraints: UnnamedConstraint[] = [];
  let constraintName: string | null = null;
  const add = (kind: UnnamedConstraint['kind'], extra: Partial<UnnamedConstraint> = {}) => {
    constraints.push({ name: constraintName, kind, columns: [name], references: null, expression: null, ...extra });
    constraintName = null;
  };

  while (!cursor.done && !cursor.at(',') && !cursor.at(')')) {
    if (cursor.accept('constraint')) {
      constraintName = cursor.name();
    } else if (cursor.accept('not', 'null')) {
      notNull = true;
      acceptOnConflict(cursor);
    } else if (cursor.accept('null')) {
      acceptOnConflict(cursor);
    } else if (cursor.accept('primary', 'key')) {
      primaryKey = true;
      if (!cursor.accept('asc')) cursor.accept('desc');
      acceptOnConflict(cursor);
      autoincrement = cursor.accept('autoincrement') || autoincrement;
      add('primary key');
    } else if (cursor.accept('unique')) {
      unique = true;
      acceptNullsDistinct(cursor);
      acceptOnConflict(cursor);
      add('unique');
    } else if (cursor.accept('check')) {
      const expression = cursor.parenthesised();
      cursor.accept('no', 'inherit');
      check.push(expression);
      add('check', { expression });
    } else if (cursor.accept('default')) {
      fallback = parseDefault(cursor);
    } else if (cursor.accept('collate')) {
      collate = cursor.name();
    } else if (cursor.accept('references')) {
      references = parseReference(cursor);
      add('foreign key', { references });
    } else if (cursor.at('generated') || cursor.at('as')) {
      ({ generated, identity } = parseGenerated(cursor));
      if (identity !== null) notNull = true;
    } else throw syntaxError(cursor.peek());
  }
  const typeText = serial ? toIntegerType(written) : written;
  const column = {
    name,
    typeText,
    notNull,
    default: fallback,
    primaryKey,
    autoincrement,
    unique,
    check,
    references,
    generated,
    collate,
    identity,
  };
  return { column, constraints };
}

/** The expression after DEFAULT, without the parentheses SQLite asks for. */
export function parseDefault(cursor: Cursor): string {
  if (cursor.at('(')) {
    const mark = cursor.mark();
    const inside = cursor.parenthesised();
    if (cursor.done || defaultEnds.some((word) => cursor.at(word)) || cursor.at(')')) return inside;
    cursor.reset(mark);
  }
  if (cursor.done || cursor.at(')') || cursor.at(',')) throw syntaxError(cursor.peek());
  let first = true;
  const text = cursor.until((at) => {
    if (first) {
      first = false;
      return false;
    }
    return at.at(')') || defaultEnds.some((word) => at.at(word));
  });
  return text.trim();
}

function parseGenerated(cursor: Cursor): Pick<ColumnDefinition, 'generated' | 'identity'> {
  let identity: ColumnDefinition['identity'] = null;
  if (cursor.accept('generated', 'by', 'default')) identity = 'by default';
  else if (cursor.accept('generated', 'always')) identity = 'always';
  cursor.expect('as');
  if (cursor.accept('identity')) {
    if (cursor.at('(')) cursor.parenthesised();
    return { generated: null, identity };
  }
  const expression = cursor.parenthesised();
  const stored = cursor.accept('stored');
  if (!stored) cursor.accept('virtual');
  return { generated: { expression, stored }, identity: null };
}

export function acceptOnConflict(cursor: Cursor): void {
  if (cursor.accept('on', 'conflict')) cursor.name();
}

function toIntegerType(serial: string): string {
  const name = serial.toLowerCase();
  if (name === 'bigserial' || name === 'serial8') return 'bigint';
  return name === 'smallserial' || name === 'serial2' ? 'smallint' : 'integer';
}
