/** Decimals keep their digits, round half away from zero, and sort by value. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareNumeric,
  numericKey,
  parseDecimal,
  printDecimal,
  roundDecimal,
  toNumericText,
} from '#lib/engine/types/numeric.ts';

const digits = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.integer({ min: 0, max: 20 }))
  .map(([negative, units, scale]) => {
    const text = String(units).padStart(scale + 1, '0');
    return `${negative ? '-' : ''}${scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`}`;
  });

/** Value × 10^20, exactly. */
function units(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(20, '0'));
  return text.startsWith('-') ? -value : value;
}

test('keys sort as the numbers do', () => {
  fc.assert(
    fc.property(digits, digits, (a, b) => {
      const [left, right] = [units(a), units(b)];
      expect(compareNumeric(a, b)).toBe(left < right ? -1 : left > right ? 1 : 0);
      expect(Buffer.compare(Buffer.from(numericKey(a)), Buffer.from(numericKey(b)))).toBe(
        left < right ? -1 : left > right ? 1 : 0,
      );
    }),
  );
});

test('infinities and NaN are at the ends', () => {
  const sorted = ['-Infinity', '-1e400', '-1', '0', '1e-300', '1', '1e400', 'Infinity', 'NaN'];
  expect([...sorted].reverse().sort(compareNumeric)).toEqual(sorted);
});

test('rounding', () => {
  const round = (text: string, scale: number) => {
    const decimal = parseDecimal(text);
    return decimal && printDecimal(roundDecimal(decimal, scale));
  };
  expect(round('1.005', 2)).toBe('1.01');
  expect(round('-1.005', 2)).toBe('-1.01');
  expect(round('0.004', 2)).toBe('0.00');
  expect(round('-0.004', 2)).toBe('0.00');
  expect(round('9.99', 1)).toBe('10.0');
  expect(round('1234', -2)).toBe('1200');
  expect(round('1', 2)).toBe('1.00');
});

test('spellings', () => {
  expect(toNumericText('.5')).toBe('0.5');
  expect(toNumericText('1e-3')).toBe('0.001');
  expect(toNumericText('12.5e1')).toBe('125');
  expect(toNumericText('007')).toBe('7');
  expect(toNumericText('1e')).toBeNull();
  expect(toNumericText('.')).toBeNull();
  expect(() => toNumericText('1e999999')).toThrow('overflows');
});
