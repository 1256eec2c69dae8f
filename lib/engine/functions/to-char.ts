/** `to_char` for moments and numbers: the patterns people use. */

import { define, type NonNull, type Registrar, toText } from '#lib/engine/functions/define.ts';
import { isoWeek, isoWeekday } from '#lib/engine/functions/time-fields.ts';
import { type Moment, microsPerSecond, pad, toCivilDate, toDayNumber } from '#lib/engine/types/calendar.ts';
import { parseTimestamptz } from '#lib/engine/types/date-time-parse.ts';
import { parseDecimal, roundDecimal } from '#lib/engine/types/numeric.ts';

/** Total: a value that is neither a moment nor a number gives NULL. */
export function registerToChar(db: Registrar): void {
  define(db, 'to_char', [2], (value = '', format = '') => {
    try {
      return isMoment(value) ? formatMoment(toText(value), toText(format)) : formatNumber(toText(value), toText(format));
    } catch {
      return null;
    }
  });
}

function isMoment(value: NonNull): boolean {
  return typeof value === 'string' && /^\d{4,}-\d\d-\d\d/.test(value);
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const patterns =
  /"([^"]*)"|(FM)?(YYYY|YYY|YY|IYYY|Y,YYY|MONTH|Month|month|MON|Mon|mon|MM|DAY|Day|day|DY|Dy|dy|DDD|DD|D|ID|IW|WW|W|Q|CC|J|HH24|HH12|HH|MI|SSSS|SS|MS|US|AM|PM|A\.M\.|P\.M\.|am|pm|a\.m\.|p\.m\.|TZH|TZM|TZ|tz|OF)(TH)?/gi;

function formatMoment(text: string, format: string): string | null {
  const moment = parseTimestamptz(text);
  if (typeof moment === 'string') return moment;
  return format.replace(
    patterns,
    (_all, quoted: string | undefined, fill: string | undefined, pattern: string, ordinal: string | undefined) => {
      if (quoted !== undefined) return quoted;
      const value = field(pattern, moment);
      const filled = fill ? value.trim().replace(/^0+(?=\d)/, '') : value;
      return ordinal ? filled + (ordinal === 'TH' ? suffix(filled).toUpperCase() : suffix(filled)) : filled;
    },
  );
}

function field(pattern: string, moment: Moment): string {
  const { year, month, day } = toCivilDate(moment.day);
  const seconds = Math.floor(moment.micros / microsPerSecond);
  const hour = Math.floor(seconds / 3600);
  const weekday = isoWeekday(moment.day) % 7;
  const dayOfYear = moment.day - toDayNumber(year, 1, 1) + 1;
  const values: Record<string, string> = {
    YYYY: pad(year, 4),
    YYY: pad(year % 1000, 3),
    YY: pad(year % 100),
    IYYY: pad(isoWeek(moment.day).year, 4),
    'Y,YYY': `${Math.floor(year / 1000)},${pad(year % 1000, 3)}`,
    MM: pad(month),
    DDD: pad(dayOfYear, 3),
    DD: pad(day),
    D: String(weekday + 1),
    ID: String(isoWeekday(moment.day)),
    IW: pad(isoWeek(moment.day).week),
    WW: pad(Math.ceil(dayOfYear / 7)),
    W: String(Math.ceil(day / 7)),
    Q: String(Math.ceil(month / 3)),
    CC: pad(Math.ceil(year / 100)),
    J: String(moment.day + 2_440_588),
    HH24: pad(hour),
    HH12: pad(hour % 12 || 12),
    HH: pad(hour % 12 || 12),
    MI: pad(Math.floor(seconds / 60) % 60),
    SS: pad(seconds % 60),
    SSSS: String(seconds),
    MS: pad(Math.floor((moment.micros % microsPerSecond) / 1000), 3),
    US: pad(moment.micros % microsPerSecond, 6),
    TZ: 'UTC',
    TZH: '+00',
    TZM: '00',
    OF: '+00',
  };
  const known = pattern === 'tz' ? 'utc' : values[pattern.toUpperCase()];
  if (known !== undefined) return known;
  const lower = pattern.toLowerCase();
  if (/^[ap]\.?m/.test(lower)) {
    const half = hour < 12 ? 'a' : 'p';
    const spelled = lower.includes('.') ? `${half}.m.` : `${half}m`;
    return pattern === lower ? spelled : spelled.toUpperCase();
  }
  const name = lower.startsWith('mon') ? (monthNames[month - 1] ?? '') : (dayNames[weekday] ?? '');
  const short = lower === 'mon' || lower === 'dy' ? name.slice(0, 3) : name.padEnd(9);
  return pattern === lower ? short.toLowerCase() : pattern === pattern.toUpperCase() ? short.toUpperCase() : short;
}

function suffix(digits: string): string {
  if (/1[123]$/.test(digits)) return 'th';
  return digits.endsWith('1') ? 'st' : digits.endsWith('2') ? 'nd' : digits.endsWith('3') ? 'rd' : 'th';
}

/** `FM999,990.00`, `0000`, `999D99`, `L`, `MI` and `%` as text around the digits. */
function formatNumber(text: string, format: string): string | null {
  const fill = !format.startsWith('FM');
  const signed = /^(?:FM)?S|S$/.test(format);
  const body = format.replace(/FM|S/g, '').replace(/D/g, '.').replace(/G/g, ',');
  const [wholeFormat = '', fractionFormat = ''] = body.split('.');
  const places = fractionFormat.replace(/[^09]/g, '').length;
  const parsed = parseDecimal(text.trim());
  if (!parsed) return null;
  const decimal = roundDecimal(parsed, places);
  const slots = wholeFormat.replace(/[^09]/g, '');
  const minimum = slots.includes('0') ? slots.length - slots.indexOf('0') : 0;
  const fraction = fill ? decimal.fraction : trimFraction(decimal.fraction, fractionFormat);
  const digits = decimal.whole.replace(/^0+/, '').padStart(fraction === '' ? Math.max(minimum, 1) : minimum, '0');
  const overflows = digits.length > slots.length;
  let next = digits.length;
  let out = '';
  for (const slot of Array.from(wholeFormat).reverse()) {
    if (slot === '0' || slot === '9') {
      next--;
      out = (overflows ? '#' : next >= 0 ? (digits[next] ?? '') : fill ? ' ' : '') + out;
    } else if (slot === ',') out = (next > 0 ? ',' : fill ? ' ' : '') + out;
    else out = slot + out;
  }
  const lead = /^\s*/.exec(out)?.[0] ?? '';
  const sign = decimal.negative ? '-' : signed ? '+' : fill ? ' ' : '';
  const printed = `${out.slice(lead.length)}${body.includes('.') ? `.${overflows ? '#'.repeat(places) : fraction}` : ''}`;
  return format.endsWith('S') ? lead + printed + sign : lead + sign + printed;
}

/** In fill mode trailing zeros go where the format has 9 rather than 0. */
function trimFraction(fraction: string, format: string): string {
  const keep = format.lastIndexOf('0') + 1;
  return fraction.slice(0, keep) + fraction.slice(keep).replace(/0+$/, '');
}
