/** `::type` of a REST select: PostgreSQL's casts that cannot raise. */

import { SqlError } from '#lib/engine/sql-error.ts';
import { findType, toPhysicalType } from '#lib/engine/types/declared-type.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';
import { textExpression } from '#lib/engine/types/to-text.ts';

/**
 * The cast value and its type. Total: a value that does not fit becomes NULL, since an error would tell of rows the caller
 * may not see. Throws 42704 for a type nobody knows and 42846 for a pair PostgreSQL refuses.
 */
export function castExpression(from: SemanticType, target: string, sql: string): { sql: string; type: SemanticType } {
  const type = findType(target);
  if (!type) throw new SqlError({ sqlstate: '42704', message: `type "${target}" does not exist` });
  if (toPhysicalType(from) === toPhysicalType(type)) return { sql, type };
  if (type.kind === 'text' && type.length === undefined) return { sql: castToText(from, sql), type };
  if (!isCastable(from, type)) {
    throw new SqlError({ sqlstate: '42846', message: `cannot cast type ${from.name} to ${type.name}` });
  }
  if (from.kind === 'integer' && type.kind === 'integer' && (from.bytes ?? 8) <= (type.bytes ?? 8)) return { sql, type };
  if (from.kind === 'json') return { sql: castValue(type, `json_scalar(${sql})`), type };
  const source = from.kind === 'boolean' || isNumber(from) || from.kind === 'unknown' ? sql : textExpression(from, sql);
  return { sql: castValue(type, source), type };
}

/** `cast_value(text, 'int4')`: what `encodeText` makes of it, or NULL. */
function castValue(type: SemanticType, sql: string): string {
  const physical = toPhysicalType(type).replace(/^"|"$/g, '').replaceAll("'", "''");
  return `cast_value(${sql}, '${physical}')`;
}

/** A cast of a boolean to text gives `true`, its output function `t`. */
function castToText(from: SemanticType, sql: string): string {
  return from.kind === 'boolean' ? `CASE ${sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END` : textExpression(from, sql);
}

const moments = new Set(['timestamptz', 'timestamp', 'date', 'time', 'timetz']);

function isNumber(type: SemanticType): boolean {
  return type.kind === 'integer' || type.kind === 'float' || type.kind === 'numeric';
}

function isCastable(from: SemanticType, to: SemanticType): boolean {
  if (from.kind === to.kind || from.kind === 'text' || from.kind === 'unknown' || to.kind === 'text') return true;
  if (isNumber(from)) return isNumber(to) || (to.kind === 'boolean' && from.kind === 'integer');
  if (from.kind === 'boolean') return to.kind === 'integer';
  if (moments.has(from.kind)) return moments.has(to.kind);
  if (from.kind === 'json') return isNumber(to) || to.kind === 'boolean';
  if (from.kind === 'array') return to.kind === 'vector';
  return false;
}
