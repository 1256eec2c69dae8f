/** The fields of a moment: `date_trunc` cuts at one, `extract` reads one. */

import { type Moment, microsPerDay, microsPerSecond, toCivilDate, toDayNumber } from '#lib/engine/types/calendar.ts';
import { parseTimestamptz } from '#lib/engine/types/date-time-parse.ts';
import { parseInterval } from '#lib/engine/types/interval.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

const microsPerHour = 3600 * microsPerSecond;

/** Null for a field that does not exist. */
export function truncate(field: string, moment: Moment): Moment | null {
  const { year, month } = toCivilDate(moment.day);
  switch (field) {
    case 'microseconds':
      return moment;
    case 'milliseconds':
      return cutMicros(moment, 1000);
    case 'second':
      return cutMicros(moment, microsPerSecond);
    case 'minute':
      return cutMicros(moment, 60 * microsPerSecond);
    case 'hour':
      return cutMicros(moment, microsPerHour);
    case 'day':
      return { day: moment.day, micros: 0 };
    case 'week':
      return { day: moment.day - isoWeekday(moment.day) + 1, micros: 0 };
    case 'month':
      return midnight(year, month);
    case 'quarter':
      return midnight(year, month - ((month - 1) % 3));
    case 'year':
      return midnight(year, 1);
    case 'decade':
      return midnight(year - (year % 10), 1);
    case 'century':
      return midnight(year - ((year - 1) % 100), 1);
    case 'millennium':
      return midnight(year - ((year - 1) % 1000), 1);
    default:
      return null;
  }
}

function cutMicros(moment: Moment, step: number): Moment {
  return { day: moment.day, micros: moment.micros - (moment.micros % step) };
}

function midnight(year: number, month: number): Moment {
  return { day: toDayNumber(year, month, 1), micros: 0 };
}

/** 1 = Monday … 7 = Sunday. */
export function isoWeekday(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** ISO 8601 week and its year. */
export function isoWeek(day: number): { year: number; week: number } {
  const thursday = day - isoWeekday(day) + 4;
  const { year } = toCivilDate(thursday);
  return { year, week: Math.floor((thursday - toDayNumber(year, 1, 1)) / 7) + 1 };
}

/** A whole field as an integer, one with a fraction as a REAL; null for a field that does not exist or does not apply. */
export function extractField(field: string, text: string): SqlValue {
  if (/^\d{4,}-\d/.test(text)) {
    const moment = parseTimestamptz(text);
    return typeof moment === 'string' ? null : momentField(field, moment);
  }
  const interval = parseInterval(text);
  switch (field) {
    case 'year':
      return BigInt(Math.trunc(interval.months / 12));
    case 'month':
      return BigInt(interval.months % 12);
    case 'day':
      return BigInt(interval.days);
    case 'epoch': {
      const years = Math.trunc(interval.months / 12);
      return whole(
        years * 365.25 * 86_400 +
          (interval.months % 12) * 30 * 86_400 +
          interval.days * 86_400 +
          interval.micros / microsPerSecond,
      );
    }
    default:
      return timeField(field, interval.micros);
  }
}

function momentField(field: string, moment: Moment): SqlValue {
  const { year, month, day } = toCivilDate(moment.day);
  switch (field) {
    case 'year':
      return BigInt(year);
    case 'month':
      return BigInt(month);
    case 'day':
      return BigInt(day);
    case 'quarter':
      return BigInt(Math.ceil(month / 3));
    case 'decade':
      return BigInt(Math.floor(year / 10));
    case 'century':
      return BigInt(Math.ceil(year / 100));
    case 'millennium':
      return BigInt(Math.ceil(year / 1000));
    case 'dow':
      return BigInt(isoWeekday(moment.day) % 7);
    case 'isodow':
      return BigInt(isoWeekday(moment.day));
    case 'doy':
      return BigInt(moment.day - toDayNumber(year, 1, 1) + 1);
    case 'week':
      return BigInt(isoWeek(moment.day).week);
    case 'isoyear':
      return BigInt(isoWeek(moment.day).year);
    case 'epoch':
      return whole(moment.day * 86_400 + moment.micros / microsPerSecond);
    case 'julian':
      return whole(moment.day + 2_440_588 + moment.micros / microsPerDay);
    case 'timezone':
      return 0n;
    default:
      return timeField(field, moment.micros);
  }
}

function timeField(field: string, micros: number): SqlValue {
  switch (field) {
    case 'hour':
      return BigInt(Math.trunc(micros / microsPerHour));
    case 'minute':
      return BigInt(Math.trunc(micros / (60 * microsPerSecond)) % 60);
    case 'second':
      return whole((micros % (60 * microsPerSecond)) / microsPerSecond);
    case 'milliseconds':
      return whole((micros % (60 * microsPerSecond)) / 1000);
    case 'microseconds':
      return BigInt(micros % (60 * microsPerSecond));
    case 'epoch':
      return whole(micros / microsPerSecond);
    default:
      return null;
  }
}

function whole(value: number): SqlValue {
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}
