/** `x::type` and `CAST(x AS type)` in SQLite's terms. */

import { droppedSchemas } from '#lib/engine/sql/parse-type-text.ts';
import { quoteText, unquoteName } from '#lib/engine/sql/quote.ts';
import { operand, type Piece } from '#lib/engine/sql/rewrite/piece.ts';
import { isGroup, isOperator, type Node, wordOf } from '#lib/engine/sql/rewrite/tree.ts';
import type { RewriteContext } from '#lib/engine/sql/rewrite-sql.ts';
import { findType, toPhysicalType } from '#lib/engine/types/declared-type.ts';
import { encodeText } from '#lib/engine/types/encode.ts';
import type { SemanticType, SqlValue } from '#lib/engine/types/semantic-type.ts';

const noEnums: ReadonlyMap<string, readonly string[]> = new Map();

const followers: Readonly<Record<string, readonly string[]>> = {
  double: ['precision'],
  character: ['varying'],
  bit: ['varying'],
};

/** Reads a type at `from`; null when none stands there. */
export function readType(nodes: readonly Node[], from: number): { type: string; next: number } | null {
  let at = from;
  const first = nodes[at];
  if (first?.type !== 'leaf' || (first.token.kind !== 'word' && first.token.kind !== 'quoted')) return null;
  let type = first.token.kind === 'quoted' ? unquoteName(first.token.text) : first.token.text.toLowerCase();
  at += 1;
  const qualified = nodes[at + 1];
  if (isOperator(nodes[at], '.') && qualified?.type === 'leaf') {
    const inner = qualified.token.kind === 'quoted' ? unquoteName(qualified.token.text) : qualified.token.text.toLowerCase();
    type = droppedSchemas.has(type) ? inner : `${type}.${inner}`;
    at += 2;
  }
  const second = wordOf(nodes[at]);
  if (second !== null && followers[type]?.includes(second)) {
    type = `${type} ${second}`;
    at += 1;
  }
  const modifier = nodes[at];
  if (isGroup(modifier, '(') && modifier.children.every((node) => node.type === 'leaf')) {
    type += `(${modifier.children.map((node) => node.token.text).join('')})`;
    at += 1;
  }
  const zone = wordOf(nodes[at]);
  if ((zone === 'with' || zone === 'without') && wordOf(nodes[at + 1]) === 'time' && wordOf(nodes[at + 2]) === 'zone') {
    type += ` ${zone} time zone`;
    at += 3;
  }
  for (let array = nodes[at]; isGroup(array, '['); array = nodes[at]) {
    type += '[]';
    at += 1;
  }
  return { type, next: at };
}

/** A literal is converted now, with PostgreSQL's error when it cannot be; anything else by an expression that cannot raise. */
export function castPiece(
  piece: Piece,
  typeName: string,
  { enums = noEnums, builtinsOnly = false, isBoolean = () => false }: RewriteContext,
): Piece {
  const type = findType(typeName, enums);
  if (type === null) return piece;
  if (type.kind === 'interval' && piece.literal !== undefined) return { ...piece, interval: piece.literal };
  if (piece.literal !== undefined && type.kind !== 'unknown')
    return { ...operand(piece.lead, toLiteral(encodeText(type, piece.literal))), isBoolean: type.kind === 'boolean' };
  if (/^null$/i.test(piece.text)) return piece;
  if (type.kind === 'text' && (piece.isBoolean === true || /^(?:true|false)$/i.test(piece.text) || isBoolean(piece.text)))
    return operand(piece.lead, toWord(piece.text));
  const text = castExpression(type, piece.text, builtinsOnly);
  if (type.kind === 'boolean') return { ...operand(piece.lead, text), isBoolean: true };
  return text === piece.text ? piece : operand(piece.lead, text);
}

/** PostgreSQL's cast of a boolean to text gives the word. */
function toWord(sql: string): string {
  return `(CASE ${sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)`;
}

function castExpression(type: SemanticType, sql: string, builtinsOnly: boolean): string {
  switch (type.kind) {
    case 'text':
      return type.length === undefined ? `CAST(${sql} AS TEXT)` : `substr(CAST(${sql} AS TEXT), 1, ${type.length})`;
    case 'integer':
      // SQLite's own CAST reads `1 or 2` as 1 and an empty text as 0: a claim must be the number or nothing.
      return builtinsOnly ? `CAST(${sql} AS INTEGER)` : `cast_value(${sql}, '${toPhysicalType(type)}')`;
    case 'float':
      return `CAST(${sql} AS REAL)`;
    case 'numeric':
      return type.scale === undefined ? `CAST(${sql} AS REAL)` : `round(${sql}, ${type.scale})`;
    case 'boolean':
      return (
        `(CASE lower(${sql}) WHEN 'true' THEN 1 WHEN 't' THEN 1 WHEN '1' THEN 1 WHEN 'yes' THEN 1 WHEN 'on' THEN 1 ` +
        `WHEN 'false' THEN 0 WHEN 'f' THEN 0 WHEN '0' THEN 0 WHEN 'no' THEN 0 WHEN 'off' THEN 0 END)`
      );
    case 'date':
      return `date(${sql})`;
    case 'timestamp':
      return `replace(${sql}, '+00:00', '')`;
    default:
      return sql;
  }
}

/** A value as SQL that reads back as exactly that value. */
export function toLiteral(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return quoteText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isInteger(value) && !Object.is(value, -0) ? String(value) : toReal(value);
  return `x'${Buffer.from(value).toString('hex')}'`;
}

function toReal(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '9e999';
  if (value === Number.NEGATIVE_INFINITY) return '-9e999';
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
