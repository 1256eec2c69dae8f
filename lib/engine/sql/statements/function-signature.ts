/** The arguments of a function, where it is made and where it is named. */

import type { Cursor } from '#lib/engine/sql/cursor.ts';
import { parseTypeText } from '#lib/engine/sql/parse-type-text.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';

export interface WrittenArgument {
  readonly name: string;
  readonly type: string;
  readonly default: string | null;
  readonly variadic: boolean;
  /** OUT and TABLE arguments are columns of the result. */
  readonly out: boolean;
}

const modes = ['in', 'out', 'inout', 'variadic'] as const;
const typeStarters = new Set(['double', 'character', 'bit', 'timestamp', 'time', 'interval', 'national']);

/** `(a integer DEFAULT 1, VARIADIC b text[], jsonb)`: an unnamed argument has the name ''. */
export function parseArguments(cursor: Cursor): WrittenArgument[] {
  const found: WrittenArgument[] = [];
  cursor.expect('(');
  while (!cursor.accept(')')) {
    const mode = modes.find((word) => cursor.accept(word)) ?? 'in';
    const next = cursor.peek(1);
    const first = cursor.peek();
    // A lone type is followed by the end of the argument, a modifier or an array's bracket; a name by its type.
    const lone =
      next === null ||
      [',', ')', '(', '[', '=', '.'].includes(next.text) ||
      (next.kind === 'word' && next.text.toLowerCase() === 'default') ||
      (first?.kind === 'word' &&
        typeStarters.has(first.text.toLowerCase()) &&
        next.kind === 'word' &&
        /^(?:precision|varying|with|without)$/i.test(next.text));
    const name = lone ? '' : cursor.name();
    const type = parseTypeText(cursor);
    const fallback =
      cursor.accept('default') || cursor.accept('=') || cursor.accept(':=')
        ? cursor.until((at) => at.at(',') || at.at(')')).trim()
        : null;
    found.push({ name, type, default: fallback, variadic: mode === 'variadic', out: mode === 'out' || mode === 'inout' });
    if (mode === 'inout') found.push({ name, type, default: fallback, variadic: false, out: false });
    if (!cursor.accept(',')) {
      cursor.expect(')');
      break;
    }
  }
  return found;
}

/** Types as PostgreSQL names them, comma-separated: what tells overloads apart. */
export function toSignature(types: readonly { readonly type: string }[]): string {
  return types.map(({ type }) => toTypeName(type)).join(', ');
}

export function toTypeName(type: string): string {
  const parsed = parseType(type);
  return parsed.kind === 'unknown' || parsed.kind === 'enum' ? type : parsed.name;
}

/** `f(int, text)` after DROP, GRANT or COMMENT: null when no parentheses follow the name. */
export function skipSignature(cursor: Cursor): string | null {
  if (!cursor.at('(')) return null;
  return toSignature(parseArguments(cursor).filter((argument) => !argument.out));
}
