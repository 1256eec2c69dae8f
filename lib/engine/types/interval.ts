/** Intervals: PostgreSQL's three fields (months, days, microseconds), its input spellings and its output. */

import { SqlError } from '#lib/engine/sql-error.ts';
import {
  daysInMonth,
  type Moment,
  microsPerDay,
  microsPerSecond,
  normalize,
  pad,
  toCivilDate,
  toDayNumber,
} from '#lib/engine/types/calendar.ts';
import { dateSyntaxError } from '#lib/engine/types/type-error.ts';

export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly micros: number;
}

/** Each unit's worth: whole months, days or microseconds. */
const units = new Map<string, Interval>();
function unit(interval: Partial<Interval>, ...names: string[]): void {
  for (const name of names) units.set(name, { months: 0, days: 0, micros: 0, ...interval });
}
unit({ months: 12_000 }, 'millennium', 'millennia', 'millenniums', 'mil', 'mils');
unit({ months: 1200 }, 'century', 'centuries', 'c', 'cent');
unit({ months: 120 }, 'decade', 'decades', 'dec', 'decs');
unit({ months: 12 }, 'year', 'years', 'y', 'yr', 'yrs');
unit({ months: 1 }, 'month', 'months', 'mon', 'mons');
unit({ days: 7 }, 'week', 'weeks', 'w');
unit({ days: 1 }, 'day', 'days', 'd');
unit({ micros: 3600 * microsPerSecond }, 'hour', 'hours', 'h', 'hr', 'hrs');
unit({ micros: 60 * microsPerSecond }, 'minute', 'minutes', 'm', 'min', 'mins');
unit({ micros: microsPerSecond }, 'second', 'seconds', 's', 'sec', 'secs');
unit({ micros: 1000 }, 'millisecond', 'milliseconds', 'ms', 'msec', 'msecs');
unit({ micros: 1 }, 'microsecond', 'microseconds', 'us', 'usec', 'usecs');

/** Reads `1 day 02:03:04`, `1 year 2 mons ago`, `P1DT2H`, `1-2`, `90` (seconds). Throws 22007 or 22008. */
export function parseInterval(text: string): Interval {
  const trimmed = text.trim();
  const parsed = /^[+-]?P/i.test(trimmed) ? parseIso(trimmed, text) : parseWords(trimmed.toLowerCase(), text);
  const limit = 2 ** 31;
  if (Math.abs(parsed.months) >= limit || Math.abs(parsed.days) >= limit || !Number.isSafeInteger(parsed.micros)) {
    throw new SqlError({ sqlstate: '22008', message: `interval field value out of range: "${text}"` });
  }
  return parsed;
}

class Sum {
  months = 0;
  days = 0;
  micros = 0;

  /** Fractions of a month become days (30 a month), fractions of a day become time: as PostgreSQL does. */
  add(amount: number, worth: Interval): void {
    const months = amount * worth.months;
    const wholeMonths = Math.trunc(months);
    const days = amount * worth.days + round6(months - wholeMonths) * 30;
    const wholeDays = Math.trunc(round6(days));
    this.months += wholeMonths;
    this.days += wholeDays;
    this.micros += Math.round(amount * worth.micros + round6(days - wholeDays) * microsPerDay);
  }

  negate(): void {
    this.months = -this.months;
    this.days = -this.days;
    this.micros = -this.micros;
  }

  result(): Interval {
    return { months: this.months + 0, days: this.days + 0, micros: this.micros + 0 };
  }
}

function round6(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function parseWords(lower: string, text: string): Interval {
  const tokens =
    lower
      .replace(/^@\s*/, '')
      .match(/[+-]?\d+:\d{1,2}(?::\d{1,2}(?:\.\d*)?)?|[+-]?\d+-\d+|[+-]?(?:\d+\.?\d*|\.\d+)|[a-z]+|\S/g) ?? [];
  if (tokens.length === 0) throw dateSyntaxError('interval', text);
  const sum = new Sum();
  let ago = false;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? '';
    const time = /^([+-]?)(\d+):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?$/.exec(token);
    const yearMonth = /^([+-]?)(\d+)-(\d+)$/.exec(token);
    if (time) {
      const seconds = Number(time[4] ?? 0);
      if (Number(time[3]) > 59 || seconds > 60)
        throw new SqlError({ sqlstate: '22008', message: `interval field value out of range: "${text}"` });
      const micros = (Number(time[2]) * 3600 + Number(time[3]) * 60) * microsPerSecond + Math.round(seconds * microsPerSecond);
      sum.micros += time[1] === '-' ? -micros : micros;
    } else if (yearMonth) {
      const months = Number(yearMonth[2]) * 12 + Number(yearMonth[3]);
      sum.months += yearMonth[1] === '-' ? -months : months;
    } else if (/^[+-]?[\d.]/.test(token)) {
      const name = tokens[i + 1];
      const worth = name === undefined ? units.get('second') : units.get(name);
      if (worth && name !== undefined) i++;
      const daysBeforeTime = !worth && name !== undefined && /^[+-]?\d+:/.test(name) ? units.get('day') : undefined;
      const chosen = worth ?? daysBeforeTime;
      if (!chosen) throw dateSyntaxError('interval', text);
      sum.add(Number(token), chosen);
    } else if (token === 'ago' && i === tokens.length - 1 && i > 0) ago = true;
    else if (token !== 'and') throw dateSyntaxError('interval', text);
  }
  if (ago) sum.negate();
  return sum.result();
}

function parseIso(trimmed: string, text: string): Interval {
  const parts =
    /^([+-]?)P(?=.)(?:(-?[\d.]+)Y)?(?:(-?[\d.]+)M)?(?:(-?[\d.]+)W)?(?:(-?[\d.]+)D)?(?:T(?=.)(?:(-?[\d.]+)H)?(?:(-?[\d.]+)M)?(?:(-?[\d.]+)S)?)?$/i.exec(
      trimmed,
    );
  if (!parts) throw dateSyntaxError('interval', text);
  const sum = new Sum();
  const names = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second'];
  names.forEach((name, index) => {
    const amount = parts[index + 2];
    const worth = units.get(name);
    if (amount === undefined || !worth) return;
    const number = Number(amount);
    if (Number.isNaN(number)) throw dateSyntaxError('interval', text);
    sum.add(number, worth);
  });
  if (parts[1] === '-') sum.negate();
  return sum.result();
}

/** `1 year 2 mons -3 days +04:05:06.7`, `00:00:00` */
export function printInterval(interval: Interval): string {
  const parts: string[] = [];
  const years = Math.trunc(interval.months / 12);
  const months = interval.months % 12;
  let negativeBefore = false;
  const field = (amount: number, one: string, many: string) => {
    if (amount === 0) return;
    // A plus is printed after a negative field, or the sign would seem to carry on.
    parts.push(`${negativeBefore && amount > 0 ? '+' : ''}${amount} ${amount === 1 ? one : many}`);
    negativeBefore = amount < 0;
  };
  field(years, 'year', 'years');
  field(months, 'mon', 'mons');
  field(interval.days, 'day', 'days');
  if (interval.micros !== 0 || parts.length === 0) {
    const sign = interval.micros < 0 ? '-' : negativeBefore ? '+' : '';
    parts.push(`${sign}${printClock(Math.abs(interval.micros))}`);
  }
  return parts.join(' ');
}

function printClock(micros: number): string {
  const seconds = Math.floor(micros / microsPerSecond);
  const fraction = micros - seconds * microsPerSecond;
  const text = `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return fraction === 0 ? text : `${text}.${pad(fraction, 6).replace(/0+$/, '')}`;
}

/** Microseconds with 30-day months: what PostgreSQL compares intervals by. */
export function intervalKey(interval: Interval): bigint {
  return (BigInt(interval.months) * 30n + BigInt(interval.days)) * BigInt(microsPerDay) + BigInt(interval.micros);
}

/** Adds (or, with sign -1, subtracts) an interval: months first, clamped to the month's last day, then days, then time. */
export function addInterval(moment: Moment, interval: Interval, sign: 1 | -1): Moment {
  const date = toCivilDate(moment.day);
  const monthIndex = date.year * 12 + date.month - 1 + sign * interval.months;
  const year = Math.floor(monthIndex / 12);
  const month = (((monthIndex % 12) + 12) % 12) + 1;
  const day = interval.months === 0 ? moment.day : toDayNumber(year, month, Math.min(date.day, daysInMonth(year, month)));
  return normalize(day + sign * interval.days, moment.micros + sign * interval.micros);
}
