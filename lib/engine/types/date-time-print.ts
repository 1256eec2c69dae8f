/** Moments as text: the canonical form in the file, which is also the JSON form, and PostgreSQL's own output. */

import { type Moment, microsPerSecond, pad, toCivilDate } from '#lib/engine/types/calendar.ts';

/** `2024-06-15` */
export function printDate(day: number): string {
  const date = toCivilDate(day);
  return `${pad(date.year, 4)}-${pad(date.month)}-${pad(date.day)}`;
}

/** `10:20:30.5`: up to six digits of fraction, no trailing zeros. */
export function printTime(micros: number): string {
  const seconds = Math.floor(micros / microsPerSecond);
  const fraction = micros - seconds * microsPerSecond;
  const clock = `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return fraction === 0 ? clock : `${clock}.${pad(fraction, 6).replace(/0+$/, '')}`;
}

/** `2024-06-15T10:20:30.5` */
export function printTimestamp(moment: Moment): string {
  return `${printDate(moment.day)}T${printTime(moment.micros)}`;
}

/** `2024-06-15T10:20:30.5+00:00`: always UTC. */
export function printTimestamptz(moment: Moment): string {
  return `${printTimestamp(moment)}+00:00`;
}

/** `+02`, `-03:30`, `+05:53:28` */
export function printZone(offsetSeconds: number): string {
  const total = Math.abs(offsetSeconds);
  const minutes = Math.floor(total / 60) % 60;
  const seconds = total % 60;
  const tail = seconds ? `:${pad(minutes)}:${pad(seconds)}` : minutes ? `:${pad(minutes)}` : '';
  return `${offsetSeconds < 0 ? '-' : '+'}${pad(Math.floor(total / 3600))}${tail}`;
}

/** The canonical text as psql, CSV and range bounds show it: `2024-06-15 10:20:30.5+00`. */
export function toPostgresTimestamp(canonical: string): string {
  return canonical.replace('T', ' ').replace(/\+00:00$/, '+00');
}
