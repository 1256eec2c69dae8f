/** A request's body as rows: JSON, CSV or a form. Fails PGRST102. */

import { parseJson } from '#lib/engine/types/parse-json.ts';
import { badBody } from '#lib/services/rest/respond/rest-error.ts';

/** JSON values as parsed; CSV and form values as text (null for CSV's `NULL`), to be read as literals of the column. */
export interface Payload {
  readonly rows: readonly ReadonlyMap<string, unknown>[];
  /** Every key of the first row; with `uniform` false some rows differ. */
  readonly keys: readonly string[];
  readonly uniform: boolean;
  readonly literal: boolean;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

export function parsePayload(body: Uint8Array, contentType: string | null): Payload {
  const type = (contentType ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const text = decodeBody(body);
  switch (type) {
    case '':
    case 'application/json':
    case 'application/vnd.pgrst.object+json':
    case 'application/vnd.pgrst.array+json':
      return toPayload(parseJsonBody(text));
    case 'text/csv':
      return parseCsv(text);
    case 'application/x-www-form-urlencoded': {
      const row = new Map<string, unknown>(new URLSearchParams(text));
      return { rows: [row], keys: [...row.keys()], uniform: true, literal: true };
    }
    default:
      throw badBody(`Content-Type not acceptable: ${type}`);
  }
}

export function decodeBody(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch {
    throw badBody('Empty or invalid json');
  }
}

export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') throw badBody('Empty or invalid json');
  try {
    return parseJson(text);
  } catch {
    throw badBody('Empty or invalid json');
  }
}

function toPayload(value: unknown): Payload {
  const items = Array.isArray(value) ? value : [value];
  const rows = items.map((item) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) throw badBody('Empty or invalid json');
    return new Map<string, unknown>(Object.entries(item));
  });
  const keys = [...(rows[0]?.keys() ?? [])];
  const uniform = rows.every((row) => row.size === keys.length && keys.every((key) => row.has(key)));
  return { rows, keys, uniform, literal: false };
}

/** RFC 4180 with a header row; an unquoted `NULL` is null. */
function parseCsv(text: string): Payload {
  const records = splitCsv(text);
  const [header, ...lines] = records;
  if (header === undefined) return { rows: [], keys: [], uniform: true, literal: true };
  const keys = header.map((cell) => cell.text);
  const rows = lines.map((line) => {
    if (line.length !== keys.length) throw badBody('All lines must have same number of fields');
    return new Map<string, unknown>(keys.map((key, index) => [key, toCell(line[index])]));
  });
  return { rows, keys, uniform: true, literal: true };
}

interface Cell {
  text: string;
  quoted: boolean;
}

function toCell(cell: Cell | undefined): string | null {
  if (cell === undefined || (cell.text === 'NULL' && !cell.quoted)) return null;
  return cell.text;
}

function splitCsv(text: string): Cell[][] {
  const records: Cell[][] = [];
  const pattern = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/gy;
  let record: Cell[] = [];
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const raw = match[1] ?? '';
    const quoted = raw.startsWith('"');
    record.push({ text: quoted ? raw.slice(1, -1).replaceAll('""', '"') : raw, quoted });
    if (match[2] === ',') continue;
    if (record.length > 1 || record[0]?.text !== '' || quoted) records.push(record);
    record = [];
    if (match[2] === '') break;
  }
  if (pattern.lastIndex !== text.length && pattern.lastIndex !== 0) throw badBody('Invalid csv');
  return records;
}
