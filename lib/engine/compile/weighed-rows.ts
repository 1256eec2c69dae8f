/** Rows joined to a document, the long ones weighed as they come: see `koyalite_weigh`. */

import { compileValue } from '#lib/engine/compile/compile-value.ts';
import type { Emitter } from '#lib/engine/compile/statement.ts';
import type { SelectPlan, Value } from '#lib/engine/plan/plan.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';

/** A thousand shorter ones are no trouble together. */
const longRowBytes = 8 << 10;
/** What the columns of one row may have together before anything is made of them. */
const longestRowBytes = 2 << 20;

/** Aggregates the column `j` of a source that SQLite does not flatten, printed as `printed`. */
export function joinRows(separator: string, printed = 'j'): string {
  return `group_concat(iif(octet_length(j) > ${longRowBytes} AND koyalite_weigh(octet_length(j)), NULL, ${printed}), ${separator})`;
}

/** A source that stays one: put into the query around it, each row would be made anew for every mention of `j`. */
export function apart(rows: string): string {
  return /\bLIMIT (?:-?\d+|\(:\w+\+0\))(?: OFFSET \(:\w+\+0\))?$/.test(rows) ? rows : `${rows} LIMIT -1`;
}

/** One value, weighed before it is printed. */
export function weighValue(value: string, printed: string): string {
  return `iif(octet_length(${value}) > ${longestRowBytes} AND koyalite_weigh(octet_length(${value})), NULL, ${printed})`;
}

/** The lengths of texts are kept beside them: nothing long is read to learn that it is. */
export function weighColumns(plan: SelectPlan, emitter: Emitter, printed: string): string {
  const columns = plan.fields.flatMap((field) => (field.kind === 'value' ? longColumns(field.value, emitter) : []));
  if (columns.length === 0) return printed;
  const most = Math.floor(longestRowBytes / columns.length);
  const long = [...new Set(columns)].map((column) => `octet_length(${column}) > ${most}`);
  return `iif((${long.join(' OR ')}) AND koyalite_weigh(${longestRowBytes * 8}), NULL, ${printed})`;
}

/** Columns that can hold any number of bytes, as often as the value goes through them. */
function longColumns(value: Value, emitter: Emitter): string[] {
  switch (value.kind) {
    case 'column':
      return isLong(value.column.type) ? [compileValue(value, emitter).sql] : [];
    case 'path':
      return longColumns(value.base, emitter);
    case 'cast':
      return longColumns(value.value, emitter);
    default:
      return [];
  }
}

function isLong({ kind, length }: SemanticType): boolean {
  if (kind === 'text') return length === undefined || length > longRowBytes;
  return ['json', 'bytea', 'array', 'vector', 'tsvector', 'geometry', 'numeric', 'unknown', 'range'].includes(kind);
}
