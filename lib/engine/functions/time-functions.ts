/** Date and time arithmetic as SQL functions. All total: text that is no date gives NULL. */

import { define, defineNullable, type NonNull, type Registrar, toInteger, toText } from '#lib/engine/functions/define.ts';
import { extractField, truncate } from '#lib/engine/functions/time-fields.ts';
import { daysInMonth, type Moment, microsPerDay, microsPerSecond, normalize, toCivilDate } from '#lib/engine/types/calendar.ts';
import { parseTimestamp, parseTimestamptz } from '#lib/engine/types/date-time-parse.ts';
import { printDate, printTime, printTimestamp, printTimestamptz } from '#lib/engine/types/date-time-print.ts';
import { addInterval, type Interval, parseInterval, printInterval } from '#lib/engine/types/interval.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import { findOffsetAtMoment } from '#lib/engine/types/time-zone.ts';

export function registerTimes(db: Registrar): void {
  define(db, 'timestamp_add', [2, 3], (time = '', interval = '', sign = 1n) =>
    attempt(() => add(toText(time), parseInterval(toText(interval)), toInteger(sign) < 0 ? -1 : 1)),
  );
  define(db, 'timestamp_diff', [2], (a = '', b = '') => attempt(() => difference(toText(a), toText(b))));
  define(db, 'age', [2], (a = '', b = '') => attempt(() => age(toText(a), toText(b))));
  define(db, 'interval_multiply', [2], (interval = '', factor = 1n) =>
    attempt(() => printInterval(multiply(parseInterval(toText(interval)), Number(factor)))),
  );
  define(db, 'date_trunc', [2, 3], (field = '', time = '', zone = '') =>
    attempt(() => truncateText(toText(field), toText(time), toText(zone))),
  );
  define(db, 'extract_field', [2], (field = '', time = '') =>
    attempt(() => extractField(toText(field).toLowerCase(), toText(time))),
  );
  define(db, 'date_part', [2], (field = '', time = '') => attempt(() => extractField(toText(field).toLowerCase(), toText(time))));
  define(db, 'at_time_zone', [2], (time = '', zone = '') => attempt(() => inZone(toText(time), toText(zone))));
  define(db, 'timestamptz_in_zone', [2], (time = '', zone = '') => attempt(() => printInZone(toText(time), toText(zone))));
  define(db, 'to_timestamp', [1], (seconds = 0n) =>
    attempt(() => printTimestamptz(checked(normalize(0, Math.round(Number(seconds) * microsPerSecond))))),
  );
  defineNullable(db, 'make_date', [3], (year, month, day) =>
    year == null || month == null || day == null
      ? null
      : attempt(() => printDate(parseDay(`${pad4(year)}-${toText(month)}-${toText(day)}`))),
  );
}

/** NULL where PostgreSQL would raise: an error would tell of rows the caller may not see. */
function attempt(work: () => SqlValue): SqlValue {
  try {
    return work();
  } catch {
    return null;
  }
}

/** Years, months, days and time between two moments, as PostgreSQL's age() counts: a missing day is borrowed from the earlier one's month. */
function age(a: string, b: string): string {
  const [first, second] = [parseTimestamptz(a), parseTimestamptz(b)];
  if (typeof first === 'string' || typeof second === 'string') throw new RangeError('infinite');
  const sign = first.day < second.day || (first.day === second.day && first.micros < second.micros) ? -1 : 1;
  const [later, earlier] = sign === 1 ? [first, second] : [second, first];
  const [to, from] = [toCivilDate(later.day), toCivilDate(earlier.day)];
  let micros = later.micros - earlier.micros;
  let days = to.day - from.day;
  let months = (to.year - from.year) * 12 + to.month - from.month;
  if (micros < 0) {
    micros += microsPerDay;
    days -= 1;
  }
  if (days < 0) {
    days += daysInMonth(from.year, from.month);
    months -= 1;
  }
  const signed = (amount: number) => (amount === 0 ? 0 : sign * amount);
  return printInterval({ months: signed(months), days: signed(days), micros: signed(micros) });
}

/** The same moment on the clocks of a zone: `2024-06-15T12:00:00+02:00`. A zone nobody knows leaves it in UTC. */
function printInZone(text: string, zone: string): string {
  const moment = parseTimestamptz(text);
  if (typeof moment === 'string') return moment;
  const offset = findOffsetAtMoment(zone, moment);
  if (offset === null) return text;
  const local = printTimestamp(normalize(moment.day, moment.micros + offset * microsPerSecond));
  const minutes = Math.abs(Math.trunc(offset / 60));
  const clock = `${String(Math.trunc(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return `${local}${offset < 0 ? '-' : '+'}${clock}`;
}

function pad4(year: NonNull): string {
  return toText(year).padStart(4, '0');
}

function parseDay(text: string): number {
  const moment = parseTimestamp(text);
  if (typeof moment === 'string') throw new RangeError('infinite');
  return moment.day;
}

function checked(moment: Moment): Moment {
  const { year } = toCivilDate(moment.day);
  if (!(year >= 1 && year <= 9999)) throw new RangeError('out of range');
  return moment;
}

/** Whether a stored text carries a zone, and so is a timestamptz. */
function hasZone(text: string): boolean {
  return /[T ].*(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(text);
}

const timeOfDay = /^\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/;

/** A timestamptz stays one; a timestamp or a date gives a timestamp; a time of day wraps; an interval adds up. */
function add(text: string, interval: Interval, sign: 1 | -1): string | null {
  if (text === 'infinity' || text === '-infinity') return text;
  if (timeOfDay.test(text)) {
    const micros = parseInterval(text).micros + sign * interval.micros;
    return printTime(((micros % microsPerDay) + microsPerDay) % microsPerDay);
  }
  if (/^\d{4,}-\d/.test(text)) {
    const zoned = hasZone(text);
    const moment = zoned ? parseTimestamptz(text) : parseTimestamp(text);
    if (typeof moment === 'string') return moment;
    const sum = checked(addInterval(moment, interval, sign));
    return zoned ? printTimestamptz(sum) : printTimestamp(sum);
  }
  const other = parseInterval(text);
  return printInterval({
    months: other.months + sign * interval.months,
    days: other.days + sign * interval.days,
    micros: other.micros + sign * interval.micros,
  });
}

const plainDate = /^\d{4,}-\d\d-\d\d$/;

/** Two dates give whole days; two moments an interval of days and time; two times of day an interval. */
function difference(a: string, b: string): SqlValue {
  if (plainDate.test(a) && plainDate.test(b)) return BigInt(parseDay(a) - parseDay(b));
  if (timeOfDay.test(a) && timeOfDay.test(b)) {
    return printInterval({ months: 0, days: 0, micros: parseInterval(a).micros - parseInterval(b).micros });
  }
  const [left, right] = [parseTimestamptz(a), parseTimestamptz(b)];
  if (typeof left === 'string' || typeof right === 'string') return null;
  let days = left.day - right.day;
  let micros = left.micros - right.micros;
  // Both fields carry one sign.
  if (days > 0 && micros < 0) [days, micros] = [days - 1, micros + microsPerDay];
  else if (days < 0 && micros > 0) [days, micros] = [days + 1, micros - microsPerDay];
  return printInterval({ months: 0, days, micros });
}

function multiply(interval: Interval, factor: number): Interval {
  const months = interval.months * factor;
  const days = interval.days * factor + (months - Math.trunc(months)) * 30;
  const micros = interval.micros * factor + (days - Math.trunc(days)) * microsPerDay;
  return { months: Math.trunc(months) + 0, days: Math.trunc(days) + 0, micros: Math.round(micros) + 0 };
}

function truncateText(field: string, text: string, zone: string): string | null {
  if (text === 'infinity' || text === '-infinity') return text;
  const zoned = hasZone(text) || zone !== '';
  const moment = zoned ? parseTimestamptz(text) : parseTimestamp(text);
  if (typeof moment === 'string') return moment;
  if (zone === '') {
    const cut = truncate(field.toLowerCase(), moment);
    return cut && (zoned ? printTimestamptz(cut) : printTimestamp(cut));
  }
  const local = inZone(printTimestamptz(moment), zone);
  const cut = local && truncate(field.toLowerCase(), toMoment(local));
  return cut && inZone(printTimestamp(cut), zone);
}

function toMoment(text: string): Moment {
  const moment = parseTimestamp(text);
  if (typeof moment === 'string') throw new RangeError('infinite');
  return moment;
}

/** `AT TIME ZONE`: a timestamptz becomes the wall clock there, a timestamp is taken as that wall clock. */
function inZone(text: string, zone: string): string | null {
  if (!hasZone(text)) {
    const moment = parseTimestamptz(`${text.includes(':') ? text : `${text} 00:00:00`} ${zone}`);
    return typeof moment === 'string' ? moment : printTimestamptz(moment);
  }
  const moment = parseTimestamptz(text);
  if (typeof moment === 'string') return moment;
  const offset = findOffsetAtMoment(zone, moment);
  return offset === null ? null : printTimestamp(checked(normalize(moment.day, moment.micros + offset * microsPerSecond)));
}
