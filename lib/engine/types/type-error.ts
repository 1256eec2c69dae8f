/** The errors PostgreSQL raises for values that do not fit a type, in its words. */

import { SqlError } from '#lib/engine/sql-error.ts';

/** 22P02 `invalid input syntax for type integer: "abc"` */
export function syntaxError(typeName: string, text: string, details: string | null = null): SqlError {
  return new SqlError({ sqlstate: '22P02', message: `invalid input syntax for type ${typeName}: "${text}"`, details });
}

/** 22003 `value "99999" is out of range for type smallint` */
export function outOfRange(typeName: string, text: string): SqlError {
  return new SqlError({ sqlstate: '22003', message: `value "${text}" is out of range for type ${typeName}` });
}

/** 22007 `invalid input syntax for type date: "abc"` */
export function dateSyntaxError(typeName: string, text: string): SqlError {
  return new SqlError({ sqlstate: '22007', message: `invalid input syntax for type ${typeName}: "${text}"` });
}

/** 22008 `date/time field value out of range: "2024-13-01"` */
export function dateOutOfRange(text: string): SqlError {
  return new SqlError({ sqlstate: '22008', message: `date/time field value out of range: "${text}"` });
}

/** 22001 `value too long for type character varying(20)` */
export function tooLong(typeName: string, length: number): SqlError {
  return new SqlError({ sqlstate: '22001', message: `value too long for type ${typeName}(${length})` });
}
