/** Dates, times and intervals to their canonical texts. */

import { SqlError } from '#lib/engine/sql-error.ts';
import { isInRange, type Moment, normalize } from '#lib/engine/types/calendar.ts';
import { parseDate, parseTime, parseTimestamp, parseTimestamptz } from '#lib/engine/types/date-time-parse.ts';
import { printDate, printTime, printTimestamp, printTimestamptz, printZone } from '#lib/engine/types/date-time-print.ts';
import { parseInterval, printInterval } from '#lib/engine/types/interval.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';
import { findZoneOffset } from '#lib/engine/types/time-zone.ts';
import { dateOutOfRange } from '#lib/engine/types/type-error.ts';

/** Throws 22007, 22008, or 22023 for an unknown zone. */
export function encodeTemporal(type: SemanticType, text: string): string {
  switch (type.kind) {
    case 'timestamptz': {
      const moment = parseTimestamptz(text);
      return typeof moment === 'string' ? moment : printTimestamptz(roundMoment(moment, type.precision, text));
    }
    case 'timestamp': {
      const moment = parseTimestamp(text);
      return typeof moment === 'string' ? moment : printTimestamp(roundMoment(moment, type.precision, text));
    }
    case 'date': {
      const day = parseDate(text);
      return typeof day === 'string' ? day : printDate(day);
    }
    case 'time':
      return printTime(roundMicros(parseTime(text, 'time').micros, type.precision));
    case 'timetz': {
      const { micros, zone } = parseTime(text, 'time with time zone');
      const offset = zone === null ? 0 : findZoneOffset(zone, { day: 0, micros }, text);
      return printTime(roundMicros(micros, type.precision)) + printZone(offset);
    }
    case 'interval': {
      const interval = parseInterval(text);
      return printInterval({ ...interval, micros: roundMicros(interval.micros, type.precision) });
    }
    default:
      throw new SqlError({ sqlstate: 'XX000', message: `${type.name} is not a date or time type` });
  }
}

function roundMicros(micros: number, precision: number | undefined): number {
  if (precision === undefined || precision >= 6) return micros;
  const step = 10 ** (6 - precision);
  return Math.sign(micros) * Math.round(Math.abs(micros) / step) * step;
}

function roundMoment(moment: Moment, precision: number | undefined, text: string): Moment {
  const rounded = normalize(moment.day, roundMicros(moment.micros, precision));
  if (!isInRange(rounded.day)) throw dateOutOfRange(text);
  return rounded;
}
