/** JSON whose integers keep every digit: beyond 2^53 they are read as bigint and written back as they came. */

interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
}

// The ECMAScript proposal is in every Node this runs on, and not yet in TypeScript's library.
const exact = JSON as unknown as ExactJson;

/** Throws a SyntaxError as JSON.parse does. */
export function parseExact(text: string): unknown {
  return exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source) && !Number.isSafeInteger(value)
      ? BigInt(source)
      : value,
  );
}

export function stringifyExact(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? exact.rawJSON(String(one)) : one), indent);
}
