/** A loosely written SQL value (`'{a,b}'`, `'2024-1-5'`) turned into what the file keeps. */

import { toPhysicalType } from '#lib/engine/types/declared-type.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';

/**
 * SQL that checks and rewrites a value for a column of this type; it raises as PostgreSQL would on one that does not fit.
 * For statements a person wrote (seeds, migrations, imports), where values come as literals and expressions.
 */
export function canonicalExpression(type: SemanticType, sql: string): string {
  if (type.kind === 'unknown' || (type.kind === 'text' && type.length === undefined)) return sql;
  const labels = enumLabels(type);
  const physical = quote(toPhysicalType(type).replace(/^"|"$/g, '').replaceAll('""', '"'));
  return labels === null
    ? `canonical_value(${sql}, ${physical})`
    : `canonical_value(${sql}, ${physical}, ${quote(JSON.stringify(labels))})`;
}

/** An enum's name and labels: the function has no catalog to look them up in. */
function enumLabels(type: SemanticType): { name: string; labels: readonly string[] } | null {
  if (type.kind === 'array' && type.element) return enumLabels(type.element);
  return type.kind === 'enum' ? { name: type.name, labels: type.labels ?? [] } : null;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
