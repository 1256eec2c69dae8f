/** CSV text to records of cells, as RFC 4180 has them, in one pass: a pattern would go through a long cell again and again. */

import { badBody } from '#lib/services/rest/respond/rest-error.ts';

const [quote, comma, lineFeed, carriageReturn] = [34, 44, 10, 13];

/** An unquoted `NULL` is null. Empty lines are no records. Throws PGRST102 on a stray quote or carriage return. */
export function splitCsv(text: string): (string | null)[][] {
  const records: (string | null)[][] = [];
  let record: (string | null)[] = [];
  let at = 0;
  for (;;) {
    const quoted = text.charCodeAt(at) === quote;
    const end = quoted ? endOfQuoted(text, at) : endOfPlain(text, at);
    const raw = quoted ? text.slice(at + 1, end - 1) : text.slice(at, end);
    record.push(quoted ? raw.replaceAll('""', '"') : raw === 'NULL' ? null : raw);
    const next = text.charCodeAt(end);
    if (next === comma) {
      at = end + 1;
      continue;
    }
    if (record.length > 1 || record[0] !== '' || quoted) records.push(record);
    record = [];
    if (end === text.length) return records;
    if (next === lineFeed) at = end + 1;
    else if (next === carriageReturn && text.charCodeAt(end + 1) === lineFeed) at = end + 2;
    else throw badBody('Invalid csv');
  }
}

function endOfPlain(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === comma || code === lineFeed || code === carriageReturn) break;
  }
  return at;
}

/** Past the closing quote. */
function endOfQuoted(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text.charCodeAt(at + 1) !== quote) return at + 1;
  }
  throw badBody('Invalid csv');
}
