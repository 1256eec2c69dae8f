/** Casts and canonical storage as SQL functions: what `castExpression` and `canonicalExpression` call. */

import { z } from 'zod';
import { define, type Registrar, toText } from '#lib/engine/functions/define.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';
import { encodeSql, encodeText } from '#lib/engine/types/encode.ts';
import { parseDecimal, printDecimal, roundDecimal } from '#lib/engine/types/numeric.ts';
import type { SemanticType, SqlValue } from '#lib/engine/types/semantic-type.ts';

const enumArgument = z.object({ name: z.string(), labels: z.array(z.string()) });
const types = new Map<string, SemanticType>();

function toType(physical: string, labels: string): SemanticType {
  const key = `${physical}\n${labels}`;
  const known = types.get(key);
  if (known) return known;
  const parsed = labels === '' ? null : enumArgument.parse(JSON.parse(labels));
  const type = parseType(physical, new Map(parsed ? [[parsed.name, parsed.labels]] : []));
  if (types.size < 1000) types.set(key, type);
  return type;
}

/** `canonical_value(value, type[, enum])` raises like PostgreSQL; `cast_value(value, type)` is NULL instead. */
export function registerValues(db: Registrar): void {
  define(db, 'canonical_value', [2, 3], (value = '', physical = '', labels = '') =>
    encodeSql(toType(toText(physical), toText(labels)), value),
  );
  define(db, 'cast_value', [2], (value = '', physical = '') => {
    try {
      return cast(toType(toText(physical), ''), toText(value));
    } catch {
      return null;
    }
  });
}

/** Casting to a shorter type cuts or rounds where storing would refuse. */
function cast(type: SemanticType, text: string): SqlValue {
  if (type.kind === 'integer') {
    const decimal = parseDecimal(text.trim());
    return encodeText(type, decimal ? printDecimal(roundDecimal(decimal, 0)) : text);
  }
  if (type.kind === 'text' && type.length !== undefined) return encodeText(type, Array.from(text).slice(0, type.length).join(''));
  if (type.kind === 'boolean' && /^-?\d+$/.test(text)) return Number(text) === 0 ? 0n : 1n;
  if (type.kind === 'time') return encodeText(type, text.replace(/^\d{4,}-\d\d-\d\d[T ]/, ''));
  return encodeText(type, text);
}
