/** The errors KoyaLite SQL raises, each with PostgreSQL's state and text. */

import type { Token } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** 42601; `null` means the statement ended too early. */
export function syntaxError(at: Token | null, hint: string | null = null): SqlError {
  if (at === null) return new SqlError({ sqlstate: '42601', message: 'syntax error at end of input', hint });
  return new SqlError({
    sqlstate: '42601',
    message: `syntax error at or near "${at.text.slice(0, 60)}"`,
    hint,
    line: at.line,
    column: at.column,
  });
}

export function unsupported(what: string, hint: string | null = null): SqlError {
  return new SqlError({ sqlstate: '0A000', message: `${what} is not supported`, hint });
}

export function denied(message: string, hint: string | null = null): SqlError {
  return new SqlError({ sqlstate: '42501', message, hint });
}

export function undefinedTable(name: string): SqlError {
  return new SqlError({ sqlstate: '42P01', message: `relation "${name}" does not exist` });
}

export function duplicateTable(name: string): SqlError {
  return new SqlError({ sqlstate: '42P07', message: `relation "${name}" already exists` });
}

export function undefinedColumn(column: string, table: string | null = null): SqlError {
  const message =
    table === null ? `column "${column}" does not exist` : `column "${column}" of relation "${table}" does not exist`;
  return new SqlError({ sqlstate: '42703', message });
}

export function duplicateColumn(column: string, table: string | null = null): SqlError {
  const message =
    table === null ? `column "${column}" specified more than once` : `column "${column}" of relation "${table}" already exists`;
  return new SqlError({ sqlstate: '42701', message });
}

/** `what` is `type`, `role`, `policy`, `constraint`, …; `of` names the table for policies and constraints. */
export function undefinedObject(what: string, name: string, of: string | null = null): SqlError {
  const place = of === null ? '' : what === 'policy' ? ` for table "${of}"` : ` of relation "${of}"`;
  return new SqlError({ sqlstate: '42704', message: `${what} "${name}"${place} does not exist` });
}

export function duplicateObject(what: string, name: string, of: string | null = null): SqlError {
  const place = of === null ? '' : ` for ${what === 'policy' ? 'table' : 'relation'} "${of}"`;
  return new SqlError({ sqlstate: '42710', message: `${what} "${name}"${place} already exists` });
}

export function undefinedSchema(name: string): SqlError {
  return new SqlError({ sqlstate: '3F000', message: `schema "${name}" does not exist` });
}

export function undefinedFunction(signature: string): SqlError {
  return new SqlError({
    sqlstate: '42883',
    message: `function ${signature} does not exist`,
    hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
  });
}

export function dependentObjects(what: string, dependents: readonly string[]): SqlError {
  return new SqlError({
    sqlstate: '2BP01',
    message: `cannot drop ${what} because other objects depend on it`,
    details: dependents.join('\n'),
    hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
  });
}
