/** The document of many written rows, made in parts. */

import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

const rowsPerDocument = 500;

export interface PartsReader {
  /** Whether the documents of parts of the rows make the document of them all: other shapes than JSON have headers. */
  readonly joins: boolean;
  /** The document of the rows named, as a JSON array; null when none is asked for. */
  read(written: string): string | null;
  /** Throws when so many characters are too many. */
  allow(length: number): void;
}

/** Pauses between two parts. All at once would take the memory of the rows' names, of the document and of what SQLite makes of both. */
export function* readParts(identities: readonly SqlValue[], reader: PartsReader): Generator<void, string | null> {
  const parts: string[] = [];
  let length = 0;
  const size = reader.joins ? rowsPerDocument : Math.max(1, identities.length);
  for (let start = 0; start === 0 || start < identities.length; start += size) {
    if (start > 0) yield;
    const document = reader.read(toJsonArray(identities.slice(start, start + size)));
    if (document === null) return null;
    length += document.length;
    reader.allow(length);
    parts.push(document);
  }
  return parts.length === 1 ? (parts[0] ?? '') : `[${parts.map((part) => part.slice(1, -1)).join(',')}]`;
}

/** Identities as JSON: integers keep every digit, keys of tables without rowid are arrays already. */
function toJsonArray(identities: readonly SqlValue[]): string {
  return `[${identities.map((identity) => (typeof identity === 'string' ? JSON.stringify(identity) : String(identity))).join(',')}]`;
}
