/** The arguments of a POST's body. */

import { decodeBody, parseJsonBody } from '#lib/services/rest/parse/parse-body.ts';
import { badBody } from '#lib/services/rest/respond/rest-error.ts';

export interface Given {
  /** Names of the arguments in the request; null when the body is no object of arguments. */
  readonly names: readonly string[] | null;
  /** What an unnamed single argument could take: the body's kind. */
  readonly whole: 'json' | 'text' | 'bytea' | 'xml' | null;
}

export interface CallValues {
  readonly literal: boolean;
  readonly byName: ReadonlyMap<string, unknown>;
  /** The body as a whole, for a function of one unnamed argument. */
  readonly whole: unknown;
}

/** No function takes as many; an error names them all. */
const maxNames = 200;

/** The body as it is: nothing in it has to be looked for. */
export function isWholeText(type: string): boolean {
  return type === 'text/plain' || type === 'text/xml' || type === 'application/octet-stream';
}

export function readArgumentsBody(body: Uint8Array, type: string): { readonly given: Given; readonly values: CallValues } {
  switch (type) {
    case 'text/plain':
    case 'text/xml':
    case 'application/octet-stream': {
      const whole = type === 'application/octet-stream' ? `\\x${Buffer.from(body).toString('hex')}` : decodeBody(body);
      const kind = type === 'text/plain' ? 'text' : type === 'text/xml' ? 'xml' : 'bytea';
      return { given: { names: null, whole: kind }, values: { literal: true, byName: new Map(), whole } };
    }
    case 'application/x-www-form-urlencoded': {
      const byName = new Map<string, unknown>(new URLSearchParams(decodeBody(body)));
      return { given: { names: toNames(byName), whole: null }, values: { literal: true, byName, whole: null } };
    }
    case 'application/json':
    case '': {
      const text = decodeBody(body);
      const value = text.trim() === '' ? {} : parseJsonBody(text);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return { given: { names: null, whole: 'json' }, values: { literal: false, byName: new Map(), whole: value } };
      }
      const byName = new Map<string, unknown>(Object.entries(value));
      return { given: { names: toNames(byName), whole: 'json' }, values: { literal: false, byName, whole: value } };
    }
    default:
      throw badBody(`Content-Type not acceptable: ${type}`);
  }
}

function toNames(byName: ReadonlyMap<string, unknown>): string[] {
  return byName.keys().take(maxNames).toArray();
}
