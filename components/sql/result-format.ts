/** Values of a result as people and programs read them: text, JSON, CSV, INSERT statements. */

import type { SqlResult, SqlValue } from '#components/platform/use-query.ts';

const numeric = /^(?:smallint|integer|bigint|numeric|real|double precision|decimal)\b/;

/** SQLite keeps booleans as 0 and 1; null is no text. */
export function toText(value: SqlValue, type: string | null): string {
  if (type === 'boolean' && (value === 0 || value === 1)) return value === 1 ? 'true' : 'false';
  return value === null ? '' : String(value);
}

/** As the APIs would say it in JSON. */
export function toJsonValue(value: SqlValue, type: string | null): unknown {
  if (type === 'boolean' && (value === 0 || value === 1)) return value === 1;
  const isDocument = type === 'json' || type === 'jsonb' || type?.endsWith('[]') === true;
  return isDocument && typeof value === 'string' ? (parseJson(value) ?? value) : value;
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A document on several lines; the text itself for what is none. */
export function toPretty(value: SqlValue, type: string | null): string {
  const text = toText(value, type);
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return text;
  const document = parseJson(value);
  return document === undefined ? text : JSON.stringify(document, null, 2);
}

type Grid = Pick<SqlResult, 'columns' | 'types' | 'rows'>;

const typeAt = (grid: Grid, index: number) => grid.types[index] ?? null;

/** A name that stands twice is told apart by a number. */
function toKeys(columns: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return columns.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
}

export function toJson(grid: Grid): string {
  const keys = toKeys(grid.columns);
  const rows = grid.rows.map((row) =>
    Object.fromEntries(row.map((value, index) => [keys[index] ?? '', toJsonValue(value, typeAt(grid, index))])),
  );
  return JSON.stringify(rows.length === 1 ? rows[0] : rows, null, 2);
}

/** RFC 4180; null is an empty field. A text that a spreadsheet would run as a formula gets an apostrophe. */
export function toCsv(grid: Grid): string {
  const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const cell = (value: SqlValue, index: number) => {
    const text = toText(value, typeAt(grid, index));
    return field(typeof value === 'string' && /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d/.test(text) ? `'${text}` : text);
  };
  return `${[grid.columns.map(field), ...grid.rows.map((row) => row.map(cell))].map((row) => row.join(',')).join('\r\n')}\r\n`;
}

function toLiteral(value: SqlValue, type: string | null): string {
  if (value === null) return 'null';
  if (type === 'boolean') return toText(value, type);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (type !== null && numeric.test(type) && /^-?\d+(?:\.\d+)?$/.test(value)) return value;
  if (type === 'bytea' && value.startsWith('\\x')) return `x'${value.slice(2)}'`;
  return `'${value.replaceAll("'", "''")}'`;
}

/** INSERT statements for a table whose name the reader fills in. */
export function toInserts(grid: Grid, table = 'table_name'): string {
  const quote = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
  const names = grid.columns.map(quote).join(', ');
  const rows = grid.rows.map((row) => `  (${row.map((value, index) => toLiteral(value, typeAt(grid, index))).join(', ')})`);
  return rows.length === 0 ? '' : `insert into ${quote(table)} (${names}) values\n${rows.join(',\n')};`;
}

/** One row of a result, as a result. */
export function toRow(grid: Grid, index: number): Grid {
  return { columns: grid.columns, types: grid.types, rows: grid.rows.slice(index, index + 1) };
}
