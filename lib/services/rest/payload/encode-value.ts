/** One value of a body as its column keeps it. */

import { encodeJson, encodeText } from '#lib/engine/types/encode.ts';
import type { SemanticType, SqlValue } from '#lib/engine/types/semantic-type.ts';
import type { Payload } from '#lib/services/rest/parse/parse-body.ts';

/** Throws a SqlError of class 22. */
export function encodeValue(type: SemanticType, value: unknown, form: Payload['form']): SqlValue {
  switch (form) {
    case 'json':
      return encodeJson(type, value);
    case 'literal':
      return encodeText(type, String(value));
    case 'encoded':
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
      if (value instanceof Uint8Array) return value;
      throw new Error('not a value of a column');
  }
}
