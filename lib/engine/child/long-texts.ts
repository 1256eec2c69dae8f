/** Long texts of a child's answer, sent ahead in parts: a message is read at once by whoever receives it. */

const partCharacters = 1 << 20;

/** In place of a text: how many of the parts sent ahead, in their order, it is made of. */
interface LongText {
  readonly longTextOf: number;
}

/** The value with every long text replaced; `send` gets their parts. */
export function sendAhead(value: unknown, send: (part: string) => void): unknown {
  if (typeof value === 'string' && value.length > partCharacters) {
    let parts = 0;
    for (let start = 0; start < value.length; start += partCharacters) {
      send(value.slice(start, start + partCharacters));
      parts += 1;
    }
    return { longTextOf: parts } satisfies LongText;
  }
  if (Array.isArray(value)) return value.map((item) => sendAhead(item, send));
  if (isPlain(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, sendAhead(item, send)]));
  return value;
}

/** The value as it was before `sendAhead`. Takes the parts it is made of. */
export function joinParts(value: unknown, parts: string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => joinParts(item, parts));
  if (!isPlain(value)) return value;
  if (typeof value.longTextOf === 'number') return parts.splice(0, value.longTextOf).join('');
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, joinParts(item, parts)]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
