/** A stored column as SQL: as `json_object` should print it, as it compares, and as it sorts. */

import { isExactAsDouble } from '#lib/engine/types/declared-type.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';

/**
 * SQL whose value prints as PostgREST would print it, when it stands as an argument of `json_object` or `json_array`
 * itself: SQLite forgets that a value is JSON when it passes through a sub-select. Never raises on a row.
 */
export function jsonExpression(type: SemanticType, sql: string): string {
  switch (type.kind) {
    case 'boolean':
      return `CASE ${sql} WHEN 1 THEN json('true') WHEN 0 THEN json('false') ELSE ${sql} END`;
    case 'float':
      // 1 rather than 1.0; an infinity is a string, as JSON has no number for it.
      return (
        `CASE WHEN ${sql} = CAST(${sql} AS INTEGER) THEN CAST(${sql} AS INTEGER)` +
        ` WHEN ${sql} = 9e999 THEN 'Infinity' WHEN ${sql} = -9e999 THEN '-Infinity' ELSE ${sql} END`
      );
    case 'numeric':
      return numericExpression(type, sql);
    case 'json':
    case 'array':
    case 'vector':
    case 'geometry':
      return type.name === 'vector' || type.name === 'halfvec'
        ? sql
        : `CASE WHEN json_valid(${sql}) THEN json(${sql}) ELSE CAST(${sql} AS TEXT) END`;
    case 'bytea':
      return `CASE WHEN ${sql} IS NOT NULL THEN '\\x' || lower(hex(${sql})) END`;
    case 'unknown':
      return `CASE typeof(${sql}) WHEN 'blob' THEN '\\x' || lower(hex(${sql})) ELSE ${sql} END`;
    default:
      return sql;
  }
}

function numericExpression(type: SemanticType, sql: string): string {
  if (isExactAsDouble(type)) {
    const { scale = 0 } = type;
    return scale === 0
      ? sql
      : `CASE typeof(${sql}) WHEN 'real' THEN json(format('%.${scale}f', ${sql})) WHEN 'integer' THEN json(format('%.${scale}f', ${sql})) ELSE ${sql} END`;
  }
  // A stored REAL has at most 15 digits (see encodeNumeric); SQLite's own JSON output would print 17.
  return (
    `CASE typeof(${sql}) WHEN 'real' THEN json(format('%!.15g', ${sql}))` +
    ` WHEN 'text' THEN CASE WHEN json_valid(${sql}) THEN json(${sql}) ELSE ${sql} END ELSE ${sql} END`
  );
}

/**
 * SQL for one side of `=`, `<>`, `<`, `>`, IN or ORDER BY; both sides of a comparison need it. The column itself, and so
 * usable with an index, unless the stored form does not compare as the type does.
 */
export function compareExpression(type: SemanticType, sql: string): string {
  switch (type.kind) {
    case 'numeric':
      return isExactAsDouble(type) ? sql : `numeric_key(${sql})`;
    case 'interval':
      return `interval_key(${sql})`;
    case 'timetz':
      return `timetz_key(${sql})`;
    case 'text':
      return type.name === 'citext' ? `lower(${sql})` : sql;
    default:
      return sql;
  }
}

/** SQL to sort by, also right for `<` and `>`: enums in their declared order, ranges by their bounds, arrays by element. */
export function orderExpression(type: SemanticType, sql: string): string {
  switch (type.kind) {
    case 'enum':
      return `CASE ${sql} ${(type.labels ?? []).map((label, index) => `WHEN '${label.replaceAll("'", "''")}' THEN ${index}`).join(' ')} END`;
    case 'range':
      return `range_key(${sql})`;
    case 'array':
      return `array_key(${sql})`;
    default:
      return compareExpression(type, sql);
  }
}

/** A bound value to compare with; the plus keeps SQLite from re-preparing the statement for every value. */
export function literalBind(type: SemanticType, parameter = '?'): string {
  return compareExpression(type, `+${parameter}`);
}

/** `sum(x)` as PostgreSQL gives it: numerics digit for digit. */
export function sumExpression(type: SemanticType, sql: string): string {
  return type.kind === 'numeric' ? `numeric_sum(${sql})` : `sum(${sql})`;
}

/** `avg(x)` as PostgreSQL gives it: of integers and numerics a numeric with at least 16 decimals. */
export function averageExpression(type: SemanticType, sql: string): string {
  return type.kind === 'numeric' || type.kind === 'integer' ? `numeric_avg(${sql})` : `avg(${sql})`;
}
