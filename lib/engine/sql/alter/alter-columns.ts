/** ADD, DROP and ALTER COLUMN. */

import { releaseReferences } from '#lib/engine/sql/alter/release-references.ts';
import type { TableEdit } from '#lib/engine/sql/alter/table-edit.ts';
import { forgetColumn, noteColumn, setColumnNote } from '#lib/engine/sql/catalog-notes.ts';
import { changeWithDependents } from '#lib/engine/sql/change-with-dependents.ts';
import { nameConstraints } from '#lib/engine/sql/constraint-names.ts';
import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { expandDomain, findDomain, readDomains } from '#lib/engine/sql/domains.ts';
import { parseColumn } from '#lib/engine/sql/parse-column.ts';
import { parseTypeText } from '#lib/engine/sql/parse-type-text.ts';
import {
  isConstant,
  requireType,
  toPhysicalColumn,
  toPhysicalConstraint,
  toPhysicalDefault,
  toTypedDefault,
} from '#lib/engine/sql/physical-table.ts';
import { keepPolicies } from '#lib/engine/sql/policy-meaning.ts';
import { quoteName, unquoteName } from '#lib/engine/sql/quote.ts';
import { renderColumn } from '#lib/engine/sql/render-create-table.ts';
import { resolveReferences } from '#lib/engine/sql/resolve-references.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { duplicateColumn, syntaxError, unsupported } from '#lib/engine/sql/sql-problems.ts';
import type { ColumnDefinition } from '#lib/engine/sql/table-definition.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import { canonicalExpression } from '#lib/engine/types/canonical-expression.ts';
import { parseType, toPhysicalType } from '#lib/engine/types/declared-type.ts';

/** Most columns are added by SQLite itself, which touches no row; the rest by a rebuild. */
export function addColumn(edit: TableEdit, cursor: Cursor): void {
  const ifNotExists = cursor.accept('if', 'not', 'exists');
  const written = parseColumn(cursor);
  const { column: expanded, checks } = expandDomain(readDomains(edit.connection), written.column);
  const parsed = { column: expanded, constraints: [...written.constraints, ...checks] };
  if (edit.findColumn(parsed.column.name) !== null) {
    if (ifNotExists) return;
    throw duplicateColumn(parsed.column.name, edit.relation.name);
  }
  const hasKey = edit.definition.constraints.some((constraint) => constraint.kind === 'primary key');
  const isKey = parsed.constraints.some((constraint) => constraint.kind === 'primary key');
  if (isKey && hasKey)
    throw new SqlError({ sqlstate: '42P16', message: `multiple primary keys for table "${edit.relation.name}" are not allowed` });
  if (parsed.column.identity !== null && !isKey)
    throw unsupported(`identity column "${parsed.column.name}" that is not the primary key`);
  const { column, note } = toPhysicalColumn(parsed.column, edit.enums, isKey);
  const taken = edit.definition.constraints.map((constraint) => constraint.name);
  const columns = [...edit.definition.columns, column];
  const constraints = nameConstraints(edit.relation.name, parsed.constraints, taken).map((made) =>
    toPhysicalConstraint(made, columns),
  );
  const native =
    edit.clean &&
    constraints.length === 0 &&
    !column.generated?.stored &&
    (column.default === null ? !column.notNull : isConstant(column.default));
  const add = () => {
    if (native) return edit.runNative(`ALTER TABLE main.${quoteName(edit.relation.stored)} ADD COLUMN ${renderColumn(column)}`);
    const next = {
      ...edit.definition,
      name: edit.relation.stored,
      columns,
      constraints: [...edit.definition.constraints, ...constraints],
    };
    edit.replace(resolveReferences(edit.connection, next));
    edit.flush();
  };
  keepPolicies(edit.connection, [column.name], add);
  noteColumn(edit.connection, edit.relation, column.name, edit.definition.columns.length, note);
}

/** Keys, checks and indexes over the column go with it; views and policies only with CASCADE. */
export function dropColumn(edit: TableEdit, cursor: Cursor): void {
  const ifExists = cursor.accept('if', 'exists');
  const name = cursor.name();
  const cascade = cursor.accept('cascade');
  if (!cascade) cursor.accept('restrict');
  if (ifExists && edit.findColumn(name) === null) return;
  removeColumn(edit, name, cascade);
}

/** Throws 2BP01 when something depends on it and there is no CASCADE. */
export function removeColumn(edit: TableEdit, name: string, cascade: boolean): void {
  const column = edit.getColumn(name);
  if (edit.definition.columns.length === 1) throw unsupported('a table without columns', `Drop table "${edit.relation.name}".`);
  const touches = (columns: readonly string[]) => columns.some((other) => other.toLowerCase() === column.name.toLowerCase());
  const what = `column ${column.name} of table ${edit.relation.name}`;
  const remove = () => {
    releaseReferences(edit.connection, edit.relation.stored, touches, cascade, what);
    edit.replace({
      ...edit.definition,
      columns: edit.definition.columns.filter((other) => other !== column),
      constraints: edit.definition.constraints.filter((constraint) => !touches(constraint.columns)),
    });
    edit.flush();
  };
  keepPolicies(edit.connection, [column.name], () => changeWithDependents(edit.connection, what, cascade, remove));
  forgetColumn(edit.connection, edit.relation, column.name);
}

/** `ALTER COLUMN c TYPE …`, `SET|DROP DEFAULT`, `SET|DROP NOT NULL`, `ADD GENERATED … AS IDENTITY`. */
export function alterColumn(edit: TableEdit, cursor: Cursor): void {
  const column = edit.getColumn(cursor.name());
  const table = edit.relation;
  if (cursor.accept('set', 'data', 'type') || cursor.accept('type')) changeType(edit, cursor, column.name);
  else if (cursor.accept('set', 'default')) {
    const text = cursor.until((at) => at.at(',')).trim();
    if (text === '') throw syntaxError(cursor.peek());
    const typed = toTypedDefault(text, parseType(column.typeText, edit.enums), column.typeText);
    edit.updateColumn(column.name, { default: toPhysicalDefault(typed, edit.enums) });
    setColumnNote(edit.connection, table, column.name, 'default_sql', typed);
  } else if (cursor.accept('drop', 'default')) {
    if (column.default !== null) edit.updateColumn(column.name, { default: null });
    setColumnNote(edit.connection, table, column.name, 'default_sql', null);
  } else if (cursor.accept('set', 'not', 'null')) {
    const hasNull =
      edit.clean &&
      edit.connection.get(`SELECT 1 FROM main.${quoteName(table.stored)} WHERE ${quoteName(column.name)} IS NULL LIMIT 1`) !==
        undefined;
    if (hasNull)
      throw new SqlError({
        sqlstate: '23502',
        message: `column "${column.name}" of relation "${table.name}" contains null values`,
      });
    if (!column.notNull) edit.updateColumn(column.name, { notNull: true });
  } else if (cursor.accept('drop', 'not', 'null')) {
    const key = edit.definition.constraints.find((constraint) => constraint.kind === 'primary key');
    if (key?.columns.includes(column.name))
      throw new SqlError({ sqlstate: '42P16', message: `column "${column.name}" is in a primary key` });
    if (column.notNull) edit.updateColumn(column.name, { notNull: false });
  } else if (cursor.accept('set', 'generated')) {
    if (!column.autoincrement)
      throw new SqlError({
        sqlstate: '55000',
        message: `column "${column.name}" of relation "${table.name}" is not an identity column`,
      });
    setColumnNote(edit.connection, table, column.name, 'identity', readIdentity(cursor));
  } else if (cursor.accept('add', 'generated')) {
    setColumnNote(edit.connection, table, column.name, 'identity', readIdentity(cursor));
    cursor.until((at) => at.at(','));
    edit.updateColumn(column.name, { autoincrement: true, typeText: 'INTEGER' });
  } else if (cursor.accept('set', 'statistics') || cursor.accept('set', 'storage')) cursor.next();
  else if (cursor.accept('restart')) cursor.until((at) => at.at(','));
  else throw syntaxError(cursor.peek());
}

function readIdentity(cursor: Cursor): string {
  if (cursor.accept('always')) return 'always';
  cursor.expect('by', 'default');
  return 'by default';
}

function addDomainChecks(edit: TableEdit, column: ColumnDefinition): void {
  const { column: expanded, checks } = expandDomain(readDomains(edit.connection), column);
  const taken = edit.definition.constraints.map((constraint) => constraint.name);
  const { columns } = edit.definition;
  const made = nameConstraints(edit.relation.name, checks, taken).map((check) => toPhysicalConstraint(check, columns));
  edit.replace({ ...edit.definition, constraints: [...edit.definition.constraints, ...made] });
  if (expanded.notNull) edit.updateColumn(column.name, { notNull: true });
}

function changeType(edit: TableEdit, cursor: Cursor, name: string): void {
  const column = edit.getColumn(name);
  const written = parseTypeText(cursor);
  if (written === '') throw syntaxError(cursor.peek());
  const found = findDomain(readDomains(edit.connection), written);
  const type = requireType(found?.[1].type ?? written, edit.enums);
  if (cursor.accept('collate')) cursor.name();
  const using = cursor.accept('using') ? cursor.until((at) => at.at(',')) : null;
  setColumnNote(edit.connection, edit.relation, name, 'type', type.name);
  setColumnNote(edit.connection, edit.relation, name, 'domain', found?.[0] ?? null);
  if (found !== null) addDomainChecks(edit, { ...column, typeText: found[0] });
  if (column.autoincrement && type.kind === 'integer') return;
  const value = using === null ? quoteName(name) : `(${rewriteSql(using, { enums: edit.enums })})`;
  edit.copy.set(name, canonicalExpression(type, value));
  edit.updateColumn(name, { typeText: unquoteName(toPhysicalType(type)) });
}
