/** Decimal numbers as text: PostgreSQL's `numeric` without a double in between. */

import { SqlError } from '#lib/engine/sql-error.ts';
import type { SemanticType, SqlValue } from '#lib/engine/types/semantic-type.ts';
import { syntaxError } from '#lib/engine/types/type-error.ts';

const grammar = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const maxDigits = 131_072;

/** A decimal taken apart: value = sign × 0.digits × 10^point, digits without leading zeros. */
export interface Decimal {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

/** Null when the text is no number. Throws 22003 on an absurd exponent. */
export function parseDecimal(text: string): Decimal | null {
  const parts = grammar.exec(text);
  if (!parts) return null;
  const [, sign, whole = '', fraction = '', exponent] = parts;
  if (whole === '' && fraction === '') return null;
  const shift = exponent === undefined ? 0 : Number(exponent);
  if (Math.abs(shift) > maxDigits) throw overflow();
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits + '0'.repeat(Math.max(0, point - digits.length));
  const cut = point <= 0 ? 1 : point;
  const wholePart = padded.slice(0, cut).replace(/^0+(?=\d)/, '');
  const fractionPart = padded.slice(cut);
  if (wholePart.length > maxDigits || fractionPart.length > 16_383) throw overflow();
  return { negative: sign === '-' && /[1-9]/.test(digits), whole: wholePart, fraction: fractionPart };
}

/** `1e2` → `100`, `-0.50` → `-0.50`, `.5` → `0.5`; null when it is no number. */
export function toNumericText(text: string): string | null {
  const decimal = parseDecimal(text);
  return decimal && printDecimal(decimal);
}

export function printDecimal(decimal: Decimal): string {
  return `${decimal.negative ? '-' : ''}${decimal.whole}${decimal.fraction === '' ? '' : `.${decimal.fraction}`}`;
}

/** Rounded half away from zero to `scale` digits after the point, padded to it; a negative scale rounds before the point. */
export function roundDecimal(decimal: Decimal, scale: number): Decimal {
  if (decimal.fraction.length <= scale) return { ...decimal, fraction: decimal.fraction.padEnd(scale, '0') };
  const digits = decimal.whole + decimal.fraction;
  const cut = decimal.whole.length + scale;
  const kept = BigInt(cut > 0 ? digits.slice(0, cut) : '0');
  const up = cut >= 0 && digits.charCodeAt(cut) >= 53;
  const rounded = String(up ? kept + 1n : kept);
  const negative = decimal.negative && rounded !== '0';
  if (scale <= 0) return { negative, whole: rounded === '0' ? '0' : rounded + '0'.repeat(-scale), fraction: '' };
  const padded = rounded.padStart(scale + 1, '0');
  return { negative, whole: padded.slice(0, -scale), fraction: padded.slice(-scale) };
}

/** Canonical storage of a `numeric` literal. Throws 22P02 or 22003. */
export function encodeNumeric(type: SemanticType, text: string): SqlValue {
  const trimmed = text.trim();
  const special = specials.get(trimmed.toLowerCase());
  if (special !== undefined) {
    if (special !== 'NaN' && type.precision !== undefined) throw fieldOverflow(type, 'infinite');
    return special;
  }
  const decimal = parseDecimal(trimmed);
  if (!decimal) throw syntaxError('numeric', text);
  if (type.precision === undefined) return toStored(printDecimal(decimal));
  const scale = type.scale ?? 0;
  const rounded = roundDecimal(decimal, scale);
  const wholeDigits = rounded.whole.replace(/^0+/, '').length;
  if (wholeDigits > type.precision - scale) throw fieldOverflow(type, 'large');
  return toStored(printDecimal(rounded), type.precision <= 15);
}

/** INTEGER when the digits are an int64's, REAL when a double prints the very same digits, else TEXT. */
function toStored(text: string, exactAsDouble = false): SqlValue {
  if (exactAsDouble) {
    const number = Number(text);
    return Number.isSafeInteger(number) ? BigInt(number) : number;
  }
  if (/^-?\d{1,19}$/.test(text)) {
    const integer = BigInt(text);
    return BigInt.asIntN(64, integer) === integer ? integer : text;
  }
  const number = Number(text);
  // Below 1e-4 SQLite prints an exponent, which is not how the digits came.
  return text.length <= 16 && Math.abs(number) >= 1e-4 && String(number) === text ? number : text;
}

const specials = new Map([
  ['nan', 'NaN'],
  ['infinity', 'Infinity'],
  ['inf', 'Infinity'],
  ['+infinity', 'Infinity'],
  ['+inf', 'Infinity'],
  ['-infinity', '-Infinity'],
  ['-inf', '-Infinity'],
]);

function overflow(): SqlError {
  return new SqlError({ sqlstate: '22003', message: 'value overflows numeric format' });
}

function fieldOverflow(type: SemanticType, how: 'large' | 'infinite'): SqlError {
  const { precision = 0, scale = 0 } = type;
  const details =
    how === 'infinite'
      ? `A field with precision ${precision}, scale ${scale} cannot hold an infinite value.`
      : `A field with precision ${precision}, scale ${scale} must round to an absolute value less than ${
          precision === scale ? '1' : `10^${precision - scale}`
        }.`;
  return new SqlError({ sqlstate: '22003', message: 'numeric field overflow', details });
}

/** Less than, equal or greater, by value: `1.10` equals `1.1`, NaN is above Infinity. Text that is no number counts as NaN. */
export function compareNumeric(a: string, b: string): number {
  const left = numericKey(a);
  const right = numericKey(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A text whose byte order is the numbers' order, and which is equal exactly for equal numbers. */
export function numericKey(text: string): string {
  const special = specials.get(text.toLowerCase());
  if (special === '-Infinity') return '/';
  if (special === 'Infinity') return '3';
  const decimal = special === undefined ? findDecimal(text) : null;
  if (!decimal) return '4';
  const digits = (decimal.whole + decimal.fraction).replace(/0+$/, '');
  const significant = digits.replace(/^0+/, '');
  if (significant === '') return '1';
  const exponent = 500_000 + decimal.whole.length - (digits.length - significant.length);
  if (!decimal.negative) return `2${exponent}${significant}`;
  const complement = significant.replace(/\d/g, (digit) => String(9 - Number(digit)));
  return `0${999_999 - exponent}${complement}~`;
}

function findDecimal(text: string): Decimal | null {
  try {
    return parseDecimal(text.trim());
  } catch {
    return null;
  }
}
