/** Reads dates and times as PostgreSQL does: ISO first, then the spellings people use. */

import {
  daysInMonth,
  isInRange,
  type Moment,
  microsPerDay,
  microsPerSecond,
  normalize,
  now,
  toDayNumber,
} from '#lib/engine/types/calendar.ts';
import { findZoneOffset } from '#lib/engine/types/time-zone.ts';
import { dateOutOfRange, dateSyntaxError } from '#lib/engine/types/type-error.ts';

export type Special = 'infinity' | '-infinity';

/** What a text said: a date, a time of day, a zone; each perhaps missing. */
export interface DateTime {
  readonly day: number | null;
  readonly micros: number | null;
  /** The name or offset as written; null when none was. */
  readonly zone: string | null;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = /^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?$/;

const isoDateTime =
  /^(\d{4,5})-(\d{1,2})-(\d{1,2})(?:(?:\s+|\s*t\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d*))?)?\s*(z|[+-]\d.*|(?![ap]m$)[a-z][a-z_/+\-\d:]*)?)?$/i;
const clock = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d*))?)?$/;

/** Throws 22007 on what it cannot read and 22008 on impossible values. `typeName` goes into the message. */
export function parseDateTime(text: string, typeName: string): DateTime | Special {
  const trimmed = text.trim();
  const iso = isoDateTime.exec(trimmed);
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    return {
      day: checkedDay(Number(year), Number(month), Number(day), text),
      micros: hour === undefined ? null : timeOfDay(Number(hour), Number(minute), Number(second ?? 0), fraction, text),
      zone: zone ?? null,
    };
  }
  return parseWords(trimmed.toLowerCase(), text, typeName);
}

function parseWords(lower: string, text: string, typeName: string): DateTime | Special {
  if (lower === 'infinity' || lower === '+infinity') return 'infinity';
  if (lower === '-infinity') return '-infinity';
  if (lower === 'epoch') return { day: 0, micros: 0, zone: 'utc' };
  if (lower === 'now') {
    const moment = now();
    return { ...moment, zone: 'utc' };
  }
  const words = lower
    .replace(/^(\d{8})t(\d\d)(\d\d)(\d\d)/, '$1 $2:$3:$4')
    .replaceAll(/(\d)t(?=\d{1,2}:)/g, '$1 ')
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  if (words.length === 0) throw dateSyntaxError(typeName, text);
  let day: number | null = null;
  let micros: number | null = null;
  let zone: string | null = null;
  let month: number | null = null;
  let half: 'am' | 'pm' | null = null;
  const numbers: number[] = [];
  for (const word of words) {
    const relative = relativeDays.get(word);
    if (relative !== undefined) {
      day = now().day + relative;
      micros ??= 0;
      continue;
    }
    const time = /^(\d{1,2}:\d{1,2}(?::\d{1,2}(?:[.,]\d*)?)?)(am|pm)?(z|[+-].*|[a-z][a-z_/]*)?$/.exec(word);
    const hms = time?.[1] === undefined ? null : clock.exec(time[1]);
    if (hms) {
      micros = timeOfDay(Number(hms[1]), Number(hms[2]), Number(hms[3] ?? 0), hms[4], text);
      if (time?.[2]) half = time[2] === 'pm' ? 'pm' : 'am';
      zone = time?.[3] ?? zone;
      continue;
    }
    const parsed = findDay(word, text);
    if (parsed !== null) day = parsed;
    else if (word === 'am' || word === 'pm') half = word;
    else if (months.includes(word.slice(0, 3)) && /^[a-z]+\.?$/.test(word)) month = months.indexOf(word.slice(0, 3)) + 1;
    else if (/^\d{1,4}(?:st|nd|rd|th)?$/.test(word)) numbers.push(Number.parseInt(word, 10));
    else if (weekdays.test(word)) continue;
    else if (/^(?:z|[+-]\d.*|[a-z][a-z_/+\-\d:]*)$/.test(word) && zone === null && (micros !== null || day !== null)) zone = word;
    else throw dateSyntaxError(typeName, text);
  }
  if (month !== null && numbers.length === 2) {
    const [first = 0, second = 0] = numbers;
    day = first > 31 ? checkedDay(first, month, second, text) : checkedDay(second, month, first, text);
  } else if (numbers.length > 0 || month !== null) throw dateSyntaxError(typeName, text);
  if (day === null && micros === null) throw dateSyntaxError(typeName, text);
  return { day, micros: micros === null ? null : applyHalf(micros, half, text), zone };
}

const relativeDays = new Map([
  ['today', 0],
  ['tomorrow', 1],
  ['yesterday', -1],
]);

function applyHalf(micros: number, half: 'am' | 'pm' | null, text: string): number {
  if (half === null) return micros;
  const hour = Math.floor(micros / (3600 * microsPerSecond));
  if (hour < 1 || hour > 12) throw dateOutOfRange(text);
  const twelve = 12 * 3600 * microsPerSecond;
  return (micros % twelve) + (half === 'pm' ? twelve : 0);
}

/** `20240615`, `2024/6/15`, `6/15/2024` (month first), `15-Jun-2024`, `2024-Jun-15`. */
function findDay(word: string, text: string): number | null {
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(word);
  if (compact) return checkedDay(Number(compact[1]), Number(compact[2]), Number(compact[3]), text);
  const yearFirst = /^(\d{4,5})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(word);
  if (yearFirst) return checkedDay(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]), text);
  const monthFirst = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(word);
  if (monthFirst) return checkedDay(Number(monthFirst[3]), Number(monthFirst[1]), Number(monthFirst[2]), text);
  const named = /^(\d{1,4})-([a-z]{3,9})-(\d{1,4})$/.exec(word);
  const month = named?.[2] === undefined ? -1 : months.indexOf(named[2].slice(0, 3));
  if (!named || month < 0) return null;
  const [first, last] = [Number(named[1]), Number(named[3])];
  return first > 31 ? checkedDay(first, month + 1, last, text) : checkedDay(last, month + 1, first, text);
}

function checkedDay(year: number, month: number, day: number, text: string): number {
  if (month < 1 || month > 12 || day < 1 || year < 1 || day > daysInMonth(year, month)) throw dateOutOfRange(text);
  const number = toDayNumber(year, month, day);
  if (!isInRange(number)) throw dateOutOfRange(text);
  return number;
}

function timeOfDay(hour: number, minute: number, second: number, fraction: string | undefined, text: string): number {
  const micros = fraction ? Math.round(Number(`0.${fraction}`) * microsPerSecond) : 0;
  const total = ((hour * 60 + minute) * 60 + second) * microsPerSecond + micros;
  if (minute > 59 || second > 60 || total > microsPerDay) throw dateOutOfRange(text);
  return total;
}

/** The moment in UTC of a text with or without a zone; without one it is taken as UTC. */
export function parseTimestamptz(text: string): Moment | Special {
  const parsed = parseDateTime(text, 'timestamp with time zone');
  if (typeof parsed === 'string') return parsed;
  if (parsed.day === null) throw dateSyntaxError('timestamp with time zone', text);
  const local = normalize(parsed.day, parsed.micros ?? 0);
  if (parsed.zone === null) return checkedMoment(local, text);
  const offset = findZoneOffset(parsed.zone, local, text);
  return checkedMoment(normalize(local.day, local.micros - offset * microsPerSecond), text);
}

/** The moment as written: a zone is read and ignored, as PostgreSQL does. */
export function parseTimestamp(text: string): Moment | Special {
  const parsed = parseDateTime(text, 'timestamp');
  if (typeof parsed === 'string') return parsed;
  if (parsed.day === null) throw dateSyntaxError('timestamp', text);
  return checkedMoment(normalize(parsed.day, parsed.micros ?? 0), text);
}

/** The day number. */
export function parseDate(text: string): number | Special {
  const parsed = parseDateTime(text, 'date');
  if (typeof parsed === 'string') return parsed;
  if (parsed.day === null) throw dateSyntaxError('date', text);
  return parsed.day;
}

/** Microseconds into the day (24:00:00 included) and the zone as written. */
export function parseTime(text: string, typeName: string): { micros: number; zone: string | null } {
  const parsed = parseDateTime(text, typeName);
  if (typeof parsed === 'string' || parsed.micros === null) throw dateSyntaxError(typeName, text);
  return { micros: parsed.micros, zone: parsed.zone };
}

function checkedMoment(moment: Moment, text: string): Moment {
  if (!isInRange(moment.day)) throw dateOutOfRange(text);
  return moment;
}
