/** What result documents are built with: CSV cells, GeoJSON features, array literals. */

import { findJson } from '#lib/engine/functions/containment.ts';
import { define, defineNullable, type Registrar, toText } from '#lib/engine/functions/define.ts';
import { spaced } from '#lib/engine/functions/json-functions.ts';
import { type Nested, printArrayLiteral } from '#lib/engine/types/array-literal.ts';
import { jsonToText } from '#lib/engine/types/encode.ts';
import { isJsonNumber, toJsonText } from '#lib/engine/types/parse-json.ts';

/**
 * `csv_field(text)` quotes a text; `csv_cell(json)` does so for a value given as JSON; `array_text(json, kind)` is the
 * array literal; `geojson_feature(row)` takes a row as JSON.
 */
export function registerDocuments(db: Registrar): void {
  defineNullable(db, 'csv_field', [1], (value) => (value === null || value === undefined ? '' : quoteCell(toText(value))));
  defineNullable(db, 'csv_cell', [1], (value) => {
    if (value === null || value === undefined) return '';
    const json = findJson(toText(value));
    return json === null ? '' : quoteCell(json === undefined ? toText(value) : toCell(json));
  });
  define(db, 'array_text', [1, 2], (value = '', kind = 'text') => {
    const json = findJson(toText(value));
    return Array.isArray(json) ? printArrayLiteral(json.map((item) => toNested(item, toText(kind)))) : toText(value);
  });
  define(db, 'geojson_feature', [1], (row = '') => toFeature(findJson(toText(row))));
}

/** PostgreSQL's record output: quoted when empty or when it holds a comma, parenthesis, quote, backslash or space. */
function quoteCell(cell: string): string {
  const text = isFormula(cell) ? `'${cell}` : cell;
  return text === '' || /[\s,()"\\]/.test(text) ? `"${text.replace(/["\\]/g, '$&$&')}"` : text;
}

/** What a spreadsheet would run on opening the file. A sign before nothing but digits is a number or a telephone number. */
function isFormula(text: string): boolean {
  return /^[=@\t\r]/.test(text) || /^[+-](?!(?:Infinity|[\d\s().,/eE+-]*)$)/.test(text);
}

function toCell(json: unknown): string {
  if (typeof json === 'boolean') return json ? 't' : 'f';
  return typeof json === 'string' ? json : spaced(json);
}

function toNested(value: unknown, kind: string): Nested {
  if (value === null) return null;
  if (Array.isArray(value) && kind !== 'json') return value.map((item) => toNested(item, kind));
  if (typeof value === 'boolean') return kind === 'json' ? String(value) : value ? 't' : 'f';
  const text = kind === 'json' ? spaced(value) : jsonToText(value);
  return kind === 'timestamptz' || kind === 'timestamp' ? text.replace('T', ' ').replace('+00:00', '+00') : text;
}

const geometryTypes = /^(?:Multi)?(?:Point|LineString|Polygon)$|^GeometryCollection$/;

/** The first property that is a geometry becomes the feature's; the rest are its properties. */
function toFeature(row: unknown): string {
  const entries = typeof row === 'object' && row !== null ? Object.entries(row) : [];
  const at = entries.findIndex(([, value]) => isGeometry(value));
  const properties = Object.fromEntries(entries.filter((_entry, index) => index !== at));
  return toJsonText({ type: 'Feature', geometry: entries[at]?.[1] ?? null, properties });
}

function isGeometry(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || isJsonNumber(value)) return false;
  const type = Reflect.get(value, 'type');
  return typeof type === 'string' && geometryTypes.test(type) && ('coordinates' in value || 'geometries' in value);
}
