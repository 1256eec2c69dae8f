/** The declared type of a column, read into its meaning and written so that SQLite's affinity never changes a value. */

import type { SemanticType } from '#lib/engine/types/semantic-type.ts';
import { shortName, typesByName } from '#lib/engine/types/type-names.ts';

export type Enums = ReadonlyMap<string, readonly string[]>;

const noEnums: Enums = new Map();

/**
 * Reads what a person wrote (`varchar(20)`, `timestamp with time zone`, `text[]`, an enum's name) as well as what a SQLite
 * file declares, foreign files included. Never fails: an unheard-of name is of kind `unknown`, or what its affinity says.
 */
export function parseType(declared: string, enums: Enums = noEnums): SemanticType {
  const name = unquote(declared.trim());
  const physical = /^(.+) (?:text|blob)$/is.exec(name);
  if (physical?.[1] !== undefined) {
    const known = findType(unescapeName(physical[1]), enums);
    if (known) return known;
  }
  return findType(name, enums) ?? affinityType(name);
}

/** The type a name stands for, or null when neither PostgreSQL, SQLite's habits nor the enums know it. */
export function findType(name: string, enums: Enums = noEnums): SemanticType | null {
  const element = /^(.+?)\s*(?:\[\d*\]|\sarray)$/is.exec(name)?.[1];
  if (element !== undefined) {
    const type = findType(element, enums);
    if (!type) return null;
    return type.kind === 'array' ? type : { kind: 'array', name: `${type.name}[]`, element: type };
  }
  return findBuiltin(name) ?? findEnum(name, enums);
}

function findBuiltin(declared: string): SemanticType | null {
  const parts = /^([^()]+?)\s*\(([^()]*)\)\s*([^()]*)$/.exec(declared);
  const spelled = parts ? `${parts[1]} ${parts[3]}` : declared;
  const name = spelled
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^pg_catalog\./, '');
  const args = parts?.[2]?.split(',').map((argument) => argument.trim()) ?? [];
  const base = typesByName.get(name);
  if (!base) return null;
  if (args.length === 0) return base;
  if (base.kind === 'geometry') return { ...base, name: `${base.name}(${args.join(',')})` };
  const [first, second] = args.map(Number);
  if (first === undefined || !Number.isInteger(first)) return base;
  switch (base.kind) {
    case 'numeric':
      return { ...base, precision: first, scale: second !== undefined && Number.isInteger(second) ? second : 0 };
    case 'text':
    case 'vector':
      return { ...base, length: first };
    case 'timestamp':
    case 'timestamptz':
    case 'time':
    case 'timetz':
    case 'interval':
      return { ...base, precision: Math.min(first, 6) };
    case 'integer':
      return name === 'tinyint' && first === 1 ? { kind: 'boolean', name: 'boolean' } : base;
    default:
      return base;
  }
}

function findEnum(name: string, enums: Enums): SemanticType | null {
  for (const candidate of [name, unquote(name), name.replace(/^public\./i, ''), name.toLowerCase().replace(/^public\./, '')]) {
    const labels = enums.get(candidate);
    if (labels) return { kind: 'enum', name: candidate, labels };
  }
  return null;
}

/** What a foreign file's made-up name comes to: SQLite's own rules, in its order. */
function affinityType(name: string): SemanticType {
  if (/int/i.test(name)) return { kind: 'integer', name: 'integer', bytes: 8 };
  if (/char|clob|text/i.test(name)) return { kind: 'text', name: 'text' };
  if (/blob/i.test(name)) return { kind: 'bytea', name: 'bytea' };
  if (/real|floa|doub/i.test(name)) return { kind: 'float', name: 'double precision', bytes: 8 };
  return { kind: 'unknown', name };
}

/**
 * The declared type for SQLite's DDL, quoted where it must be: `INTEGER`, `varchar(20)`, `"uuid text"`. `parseType` reads it
 * back as the same type. A word after the name picks the affinity; "int" inside a name is broken by a `~`, since SQLite
 * would make any such column INTEGER.
 */
export function toPhysicalType(type: SemanticType): string {
  const short = shortName(type);
  switch (type.kind) {
    case 'integer':
      return short === 'integer' ? 'INTEGER' : short;
    case 'float':
    case 'boolean':
      return short;
    case 'numeric':
      // Up to 15 digits a double is exact, and the column can be compared and indexed as a number.
      return isExactAsDouble(type) ? short : `"${short} blob"`;
    case 'bytea':
      return '"bytea blob"';
    case 'text':
      return plainText.has(type.name) ? short : quoteType(short);
    case 'unknown':
      return type.name === '' ? '' : `"${type.name.replaceAll('"', '""')}"`;
    default:
      return quoteType(short);
  }
}

/** Whether a `numeric(p,s)` column keeps its values as SQLite numbers only. */
export function isExactAsDouble(type: SemanticType): boolean {
  return type.precision !== undefined && type.precision <= 15 && (type.scale ?? 0) >= 0;
}

const plainText = new Set(['text', 'character varying', 'character']);

function quoteType(name: string): string {
  return `"${escapeName(name).replaceAll('"', '""')} text"`;
}

function escapeName(name: string): string {
  return name.replaceAll('~', '~~').replace(/(in)(t)/gi, '$1~$2');
}

function unescapeName(name: string): string {
  return name.replace(/~(~?)/g, '$1');
}

function unquote(name: string): string {
  return /^".*"$/s.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name;
}
