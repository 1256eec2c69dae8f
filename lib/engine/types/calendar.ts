/** Days and microseconds: the arithmetic under dates, times and intervals, without JavaScript's Date in between. */

export const microsPerSecond = 1_000_000;
export const microsPerDay = 86_400_000_000;

/** A moment as a day since 1970-01-01 and microseconds into it; both stay exact as doubles. */
export interface Moment {
  readonly day: number;
  readonly micros: number;
}

export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar. The month may be out of 1..12: years carry. */
export function toDayNumber(year: number, month: number, day: number): number {
  const carried = year + Math.floor((month - 1) / 12);
  const monthInYear = ((((month - 1) % 12) + 12) % 12) + 1;
  const y = monthInYear <= 2 ? carried - 1 : carried;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (monthInYear + (monthInYear > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

export function toCivilDate(dayNumber: number): CivilDate {
  const z = dayNumber + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

export function daysInMonth(year: number, month: number): number {
  return toDayNumber(year, month + 1, 1) - toDayNumber(year, month, 1);
}

/** Carries microseconds into days, so that 0 ≤ micros < one day. */
export function normalize(day: number, micros: number): Moment {
  const carry = Math.floor(micros / microsPerDay);
  return { day: day + carry, micros: micros - carry * microsPerDay };
}

export function compareMoments(a: Moment, b: Moment): number {
  return a.day - b.day || a.micros - b.micros;
}

export function now(): Moment {
  const ms = Date.now();
  return normalize(0, ms * 1000);
}

/** Years 1 to 9999: within them the texts of moments sort as the moments do. */
export function isInRange(day: number): boolean {
  return day >= -719_162 && day <= 2_932_896;
}

export function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}
