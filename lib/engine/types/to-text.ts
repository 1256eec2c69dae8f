/** A stored column as SQL that gives PostgreSQL's text output: CSV cells, `::text`. */

import { jsonExpression } from '#lib/engine/types/json-expression.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';

/** NULL stays NULL. Never raises on a row. */
export function textExpression(type: SemanticType, sql: string): string {
  switch (type.kind) {
    case 'boolean':
      return `CASE ${sql} WHEN 1 THEN 't' WHEN 0 THEN 'f' ELSE ${sql} END`;
    case 'integer':
      return `CAST(${sql} AS TEXT)`;
    case 'float':
    case 'numeric':
      // Not CAST: it would let the value stay JSON, a number where a text is meant.
      return `(${jsonExpression(type, sql)} || '')`;
    case 'timestamptz':
      return `replace(replace(${sql}, 'T', ' '), '+00:00', '+00')`;
    case 'timestamp':
      return `replace(${sql}, 'T', ' ')`;
    case 'json':
      return type.binary ? `jsonb_text(${sql})` : `CAST(${sql} AS TEXT)`;
    case 'array':
      return `array_text(${sql}, '${type.element?.kind ?? 'text'}')`;
    case 'bytea':
      return `CASE WHEN ${sql} IS NOT NULL THEN '\\x' || lower(hex(${sql})) END`;
    case 'unknown':
      return `CASE typeof(${sql}) WHEN 'blob' THEN '\\x' || lower(hex(${sql})) ELSE CAST(${sql} AS TEXT) END`;
    default:
      return sql;
  }
}
