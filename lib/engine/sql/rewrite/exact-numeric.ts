/**
 * Comparisons of decimals beyond a double's 15 digits. Such a column keeps what a number cannot hold as text, which SQLite
 * would sort above every number and letter by letter.
 */

import { quoteText } from '#lib/engine/sql/quote.ts';
import { numericKey, toNumericText } from '#lib/engine/types/numeric.ts';

/** Whether this SQL is a column that keeps such decimals. */
export type IsLongNumeric = (sql: string) => boolean;

/** `a < b` by value. With `builtinsOnly` in SQLite's own functions, for a CHECK that SQLite evaluates by itself. */
export function exactComparison(left: string, operator: string, right: string, builtinsOnly: boolean): string {
  if (!builtinsOnly) return `(${toKeyCall(left)} ${operator} ${toKeyCall(right)})`;
  const a = toSide(left);
  const b = toSide(right);
  const lower = operator.startsWith('<') || operator === '!=' ? '1' : '0';
  const higher = operator.startsWith('>') || operator === '<>' || operator === '!=' ? '1' : '0';
  const nulls = [a, b].filter((side) => !side.constant).map((side) => `(${side.sql}) IS NULL`);
  const cases = [
    nulls.length === 0 ? '' : ` WHEN ${nulls.join(' OR ')} THEN NULL`,
    ` WHEN ${a.negative} AND ${b.negative} THEN ${b.key} ${operator} ${a.key}`,
    ` WHEN ${a.negative} THEN ${lower}`,
    ` WHEN ${b.negative} THEN ${higher}`,
  ];
  return `(CASE${cases.join('')} ELSE ${a.key} ${operator} ${b.key} END)`;
}

interface Side {
  readonly sql: string;
  readonly constant: boolean;
  readonly negative: string;
  /** Sorts as the absolute value does: the length of its whole part, then its digits. */
  readonly key: string;
}

function toSide(sql: string): Side {
  const literal = toLiteralText(sql);
  if (literal !== null) {
    const digits = literal.replace(/^-/, '');
    return { sql, constant: true, negative: literal.startsWith('-') ? '1' : '0', key: quoteText(toKey(digits)) };
  }
  const digits = `ltrim(${toText(sql)}, '-')`;
  const cut = `rtrim(rtrim(${digits} || substr('.', 1, instr(${digits}, '.') = 0), '0'), '.')`;
  return {
    sql,
    constant: false,
    negative: `(CASE typeof(${sql}) WHEN 'text' THEN substr(${sql}, 1, 1) = '-' ELSE (${sql}) + 0 < 0 END)`,
    key: `(CASE WHEN ${digits} >= 'A' THEN ${digits} ELSE format('%06d', instr(${digits} || '.', '.')) || ${cut} END)`,
  };
}

/** The same as the SQL of `toSide`. */
function toKey(digits: string): string {
  if (digits >= 'A') return digits;
  const length = String(`${digits}.`.indexOf('.') + 1).padStart(6, '0');
  return length + (digits.includes('.') ? digits.replace(/0+$/, '').replace(/\.$/, '') : digits);
}

/** A number's digits without an exponent; a stored REAL has at most 15 (see `encodeNumeric`). */
function toText(sql: string): string {
  const real = `CASE WHEN abs(${sql}) >= 1e15 THEN format('%.0f', ${sql}) WHEN abs(${sql}) < 1e-4 THEN format('%!.30f', ${sql}) ELSE format('%!.15g', ${sql}) END`;
  return `(CASE typeof(${sql}) WHEN 'real' THEN ${real} ELSE CAST(${sql} AS TEXT) END)`;
}

function toKeyCall(sql: string): string {
  const literal = toLiteralText(sql);
  return literal === null ? `numeric_key(${sql})` : quoteText(numericKey(literal));
}

/** The digits of a literal such as `1e3`, `-.5` or `'12.50'`; null for anything else. */
function toLiteralText(sql: string): string | null {
  const text =
    /^'([^']*)'$/.exec(sql)?.[1]?.trim() ?? (/^[+-]?\s*[\d.]+(?:e[+-]?\d+)?$/i.test(sql) ? sql.replace(/\s/g, '') : null);
  if (text === null) return null;
  if (/^(?:nan|[+-]?inf(?:inity)?)$/i.test(text))
    return /^nan$/i.test(text) ? 'NaN' : `${text.startsWith('-') ? '-' : ''}Infinity`;
  return toNumericText(text);
}
