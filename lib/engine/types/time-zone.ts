/** Time zones: offsets, abbreviations, and the names Intl knows. */

import { SqlError } from '#lib/engine/sql-error.ts';
import { type Moment, normalize, toDayNumber } from '#lib/engine/types/calendar.ts';
import { dateOutOfRange } from '#lib/engine/types/type-error.ts';

const abbreviations = new Map(
  Object.entries({
    z: 0,
    utc: 0,
    gmt: 0,
    ut: 0,
    zulu: 0,
    wet: 0,
    west: 1,
    bst: 1,
    cet: 1,
    cest: 2,
    eet: 2,
    eest: 3,
    msk: 3,
    est: -5,
    edt: -4,
    cst: -6,
    cdt: -5,
    mst: -7,
    mdt: -6,
    pst: -8,
    pdt: -7,
    akst: -9,
    akdt: -8,
    hst: -10,
    jst: 9,
    kst: 9,
    aest: 10,
    aedt: 11,
    acst: 9.5,
    awst: 8,
    nzst: 12,
    nzdt: 13,
    ist: 2,
    hkt: 8,
    sgt: 8,
  }),
);

/** Seconds east of UTC of a zone at a local time. Throws 22023 for a name nobody knows, 22009 for an absurd offset. */
export function findZoneOffset(zone: string, local: Moment, text: string): number {
  const offset = parseOffset(zone);
  if (offset !== null) {
    if (Math.abs(offset) > 15 * 3600 + 59 * 60 + 59) {
      throw new SqlError({ sqlstate: '22009', message: `time zone displacement out of range: "${text}"` });
    }
    return offset;
  }
  const hours = abbreviations.get(zone.toLowerCase());
  if (hours !== undefined) return hours * 3600;
  const format = findFormat(zone);
  if (!format) throw new SqlError({ sqlstate: '22023', message: `time zone "${zone.toLowerCase()}" not recognized` });
  // Around a change of the clocks a wall time exists twice or never: PostgreSQL then takes standard time, the lesser offset.
  const [before, after] = [-1, 1].map((days) => offsetAt(format, { day: local.day + days, micros: local.micros }, 0, text));
  const candidates = [before ?? 0, after ?? 0];
  const valid = candidates.filter((candidate) => offsetAt(format, local, candidate, text) === candidate);
  return Math.min(...(valid.length > 0 ? valid : candidates));
}

/** Seconds east of UTC of a named zone at a moment in UTC; null when the name is unknown. */
export function findOffsetAtMoment(zone: string, moment: Moment): number | null {
  const offset = parseOffset(zone);
  if (offset !== null) return offset;
  const hours = abbreviations.get(zone.toLowerCase());
  if (hours !== undefined) return hours * 3600;
  const format = findFormat(zone);
  return format && offsetAt(format, moment, 0, zone);
}

function parseOffset(zone: string): number | null {
  const parts = /^([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$/.exec(zone);
  if (!parts) return null;
  const seconds = Number(parts[2]) * 3600 + Number(parts[3] ?? 0) * 60 + Number(parts[4] ?? 0);
  return parts[1] === '-' ? -seconds : seconds;
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

function findFormat(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat | null = null;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    // Not a zone: remembered as such below.
  }
  if (formats.size < 1000) formats.set(zone, format);
  return format;
}

function offsetAt(format: Intl.DateTimeFormat, local: Moment, guessSeconds: number, text: string): number {
  const moment = normalize(local.day, local.micros - guessSeconds * 1_000_000);
  const ms = moment.day * 86_400_000 + Math.floor(moment.micros / 1000);
  if (Math.abs(ms) > 8.64e15) throw dateOutOfRange(text);
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const seconds = toDayNumber(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
  return seconds - Math.floor(ms / 1000);
}
