/** ADD, DROP and RENAME CONSTRAINT. */

import { releaseReferences } from '#lib/engine/sql/alter/release-references.ts';
import type { TableEdit } from '#lib/engine/sql/alter/table-edit.ts';
import { nameConstraints, toCheckedColumns } from '#lib/engine/sql/constraint-names.ts';
import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { parseTableConstraint } from '#lib/engine/sql/parse-create-table.ts';
import { toPhysicalConstraint } from '#lib/engine/sql/physical-table.ts';
import { resolveReferences } from '#lib/engine/sql/resolve-references.ts';
import { duplicateObject, undefinedObject } from '#lib/engine/sql/sql-problems.ts';
import { requireKnownColumns } from '#lib/engine/sql/statements/create-table.ts';
import type { TableConstraint } from '#lib/engine/sql/table-definition.ts';
import { isSqlError, SqlError } from '#lib/engine/sql-error.ts';

export function addConstraint(edit: TableEdit, cursor: Cursor): void {
  const from = cursor.mark();
  const parsed = parseTableConstraint(cursor);
  cursor.accept('not', 'valid');
  const notValid = /\bnot\s+valid$/i.test(cursor.textSince(from));
  const { constraints, columns } = edit.definition;
  const names = columns.map((column) => column.name);
  const placed = parsed.kind === 'check' ? { ...parsed, columns: toCheckedColumns(parsed.expression ?? '', names) } : parsed;
  const [made] = nameConstraints(
    edit.relation.name,
    [placed],
    constraints.map((constraint) => constraint.name),
  ).map((constraint) => toPhysicalConstraint(constraint, columns));
  if (made === undefined) return;
  if (constraints.some((constraint) => constraint.name === made.name))
    throw duplicateObject('constraint', made.name, edit.relation.name);
  const isKey = made.kind === 'primary key';
  if (isKey && constraints.some((constraint) => constraint.kind === 'primary key')) {
    throw new SqlError({ sqlstate: '42P16', message: `multiple primary keys for table "${edit.relation.name}" are not allowed` });
  }
  const keyed = columns.map((column) =>
    isKey && made.columns.some((name) => same(name, column.name)) ? { ...column, notNull: true } : column,
  );
  const next = { ...edit.definition, name: edit.relation.stored, columns: keyed, constraints: [...constraints, made] };
  requireKnownColumns({ ...next, name: edit.relation.name });
  edit.replace(resolveReferences(edit.connection, next));
  try {
    if (notValid) edit.flush();
    if (made.kind === 'foreign key') requireParents(edit, made);
  } catch (error) {
    if (notValid && isSqlError(error) && error.sqlstate.startsWith('23')) throw withHint(error);
    throw error;
  }
}

function withHint(error: SqlError): SqlError {
  return new SqlError({
    sqlstate: error.sqlstate,
    message: error.message,
    details: error.details,
    hint: 'SQLite knows no constraint that only new rows keep: mend the rows first. NOT VALID is taken when every row fits.',
    cause: error,
  });
}

/** Throws 23503 when a row there has no parent. */
function requireParents(edit: TableEdit, constraint: TableConstraint): void {
  edit.flush();
  const violation = edit.connection.get('SELECT 1 FROM pragma_foreign_key_check(?) LIMIT 1', edit.relation.stored);
  if (violation === undefined) return;
  throw new SqlError({
    sqlstate: '23503',
    message: `insert or update on table "${edit.relation.name}" violates foreign key constraint "${constraint.name}"`,
    details: `Key (${constraint.columns.join(', ')}) is not present in table "${constraint.references?.table ?? ''}".`,
  });
}

export function dropConstraint(edit: TableEdit, cursor: Cursor): void {
  const ifExists = cursor.accept('if', 'exists');
  const name = cursor.name();
  const cascade = cursor.accept('cascade');
  if (!cascade) cursor.accept('restrict');
  const constraint = findConstraint(edit, name);
  if (constraint === null) {
    if (ifExists) return;
    throw undefinedObject('constraint', name, edit.relation.name);
  }
  if (constraint.kind === 'primary key' || constraint.kind === 'unique') {
    const sameColumns = (columns: readonly string[]) =>
      columns.length === constraint.columns.length &&
      columns.every((column) => constraint.columns.some((other) => same(other, column)));
    releaseReferences(
      edit.connection,
      edit.relation.stored,
      sameColumns,
      cascade,
      `constraint ${constraint.name} on table ${edit.relation.name}`,
    );
  }
  // AUTOINCREMENT is only for a primary key.
  const columns =
    constraint.kind === 'primary key'
      ? edit.definition.columns.map((column) => ({ ...column, autoincrement: false }))
      : edit.definition.columns;
  edit.replace({ ...edit.definition, columns, constraints: edit.definition.constraints.filter((other) => other !== constraint) });
}

export function renameConstraint(edit: TableEdit, cursor: Cursor): void {
  const from = cursor.name();
  cursor.expect('to');
  const to = cursor.name();
  const constraint = findConstraint(edit, from);
  if (constraint === null) throw undefinedObject('constraint', from, edit.relation.name);
  if (findConstraint(edit, to) !== null) throw duplicateObject('constraint', to, edit.relation.name);
  edit.replace({
    ...edit.definition,
    constraints: edit.definition.constraints.map((other) => (other === constraint ? { ...other, name: to } : other)),
  });
}

function findConstraint(edit: TableEdit, name: string): TableConstraint | null {
  return edit.definition.constraints.find((constraint) => same(constraint.name, name)) ?? null;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
