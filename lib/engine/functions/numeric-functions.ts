/** Sums and averages of decimals, digit for digit. */

import { define, type Registrar, toText } from '#lib/engine/functions/define.ts';
import { parseDecimal, printDecimal, roundDecimal } from '#lib/engine/types/numeric.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/** The sum so far as units of 10^-scale. */
interface Total {
  units: bigint;
  scale: number;
  count: bigint;
  /** `NaN`, `Infinity` or `-Infinity` once one was met. */
  special: string | null;
}

/** `numeric_sum(x)` and `numeric_avg(x)` as numeric texts, NULL without rows; `numeric_value(x)` as a double. */
export function registerNumerics(db: Registrar): void {
  aggregate(db, 'numeric_sum', (total) => print(total.units, total.scale));
  aggregate(db, 'numeric_avg', (total) => {
    const scale = Math.max(total.scale, 16);
    const scaled = total.units * 10n ** BigInt(scale + 1 - total.scale);
    const decimal = parseDecimal(print(scaled / total.count, scale + 1));
    return decimal && printDecimal(roundDecimal(decimal, scale));
  });
  define(db, 'numeric_value', [1], (value = '') => {
    const number = Number(toText(value));
    return Number.isNaN(number) ? null : number;
  });
}

function aggregate(db: Registrar, name: string, finish: (total: Total) => SqlValue): void {
  db.aggregate(name, {
    deterministic: true,
    safeIntegers: true,
    start: (): Total => ({ units: 0n, scale: 0, count: 0n, special: null }),
    step: (total: Total, value: unknown) => add(total, value),
    result: (total: Total) => (total.count === 0n ? null : (total.special ?? finish(total))),
  });
}

function add(total: Total, value: unknown): Total {
  if (value === null || value === undefined) return total;
  total.count++;
  const text = String(value);
  const decimal = attemptDecimal(text);
  if (!decimal) {
    const opposite = total.special !== null && total.special !== text;
    total.special = opposite ? 'NaN' : text;
    return total;
  }
  const scale = Math.max(total.scale, decimal.fraction.length);
  const units = BigInt(decimal.whole + decimal.fraction.padEnd(scale, '0'));
  total.units = total.units * 10n ** BigInt(scale - total.scale) + (decimal.negative ? -units : units);
  total.scale = scale;
  return total;
}

function attemptDecimal(text: string): ReturnType<typeof parseDecimal> {
  try {
    return parseDecimal(text);
  } catch {
    return null;
  }
}

function print(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
}
