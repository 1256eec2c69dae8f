/** What SQLite's driver throws, as PostgreSQL would have said it. Row details are the writer's to add. */

import { toWrittenName } from '#lib/engine/sql/stored-name.ts';
import { isSqlError, SqlError } from '#lib/engine/sql-error.ts';
import { isProblem } from '#lib/http/problem.ts';

type Fields = { sqlstate: string; message: string; hint?: string };
type Rule = readonly [RegExp, (match: RegExpExecArray) => Fields];

const byMessage: readonly Rule[] = [
  [/^near "([\s\S]*)": syntax error$/, (m) => ({ sqlstate: '42601', message: `syntax error at or near "${m[1]}"` })],
  [/^Maximum call stack size exceeded$/, () => ({ sqlstate: '54001', message: 'stack depth limit exceeded' })],
  [/^incomplete input$/, () => ({ sqlstate: '42601', message: 'syntax error at end of input' })],
  [
    /^unrecognized token: "([\s\S]*)"?$/,
    (m) => ({ sqlstate: '42601', message: `syntax error at or near "${(m[1] ?? '').replace(/"$/, '')}"` }),
  ],
  [
    /^no such table: (?:main\.)?(.+)$/,
    (m) => ({ sqlstate: '42P01', message: `relation "${toWrittenName(m[1] ?? '')}" does not exist` }),
  ],
  [/^no such view: (?:main\.)?(.+)$/, (m) => ({ sqlstate: '42P01', message: `view "${m[1]}" does not exist` })],
  [/^no such index: (?:main\.)?(.+)$/, (m) => ({ sqlstate: '42704', message: `index "${m[1]}" does not exist` })],
  [/^no such trigger: (?:main\.)?(.+)$/, (m) => ({ sqlstate: '42704', message: `trigger "${m[1]}" does not exist` })],
  [
    /^no such column: "?([^"]+?)"?(?: - should this be .*)?$/,
    (m) => ({ sqlstate: '42703', message: `column "${m[1]}" does not exist` }),
  ],
  [
    /^table (.+) has no column named (.+)$/,
    (m) => ({ sqlstate: '42703', message: `column "${m[2]}" of relation "${m[1]}" does not exist` }),
  ],
  [/^ambiguous column name: (.+)$/, (m) => ({ sqlstate: '42702', message: `column reference "${m[1]}" is ambiguous` })],
  [/^duplicate column name: (.+)$/, (m) => ({ sqlstate: '42701', message: `column "${m[1]}" specified more than once` })],
  [/^no such function: (.+)$/, (m) => ({ sqlstate: '42883', message: `function ${m[1]} does not exist` })],
  [
    /^wrong number of arguments to function (.+?)\(\)$/,
    (m) => ({
      sqlstate: '42883',
      message: `function ${m[1]} does not exist`,
      hint: 'No function matches the given name and number of arguments.',
    }),
  ],
  [
    /^misuse of (?:aggregate|aliased aggregate|window function)[: ]*(?:function )?(.*)$/,
    (m) => ({ sqlstate: '42803', message: `aggregate or window function ${m[1]} is not allowed here` }),
  ],
  [
    /^(?:(?:table|view) "?([^"]+?)"? already exists|there is already an? (?:table|index|view|another table or index) (?:named|with this name:) "?(.+?)"?)$/,
    (m) => ({ sqlstate: '42P07', message: `relation "${m[1] ?? m[2]}" already exists` }),
  ],
  [/^index (.+) already exists$/, (m) => ({ sqlstate: '42P07', message: `relation "${m[1]}" already exists` })],
  [/^trigger (.+) already exists$/, (m) => ({ sqlstate: '42710', message: `trigger "${m[1]}" already exists` })],
  [
    /^circular reference: (.+)$/,
    (m) => ({ sqlstate: '42P17', message: `infinite recursion detected in policy for relation "${m[1]}"` }),
  ],
  [
    /^(?:table \S+ has \d+ columns but \d+ values were supplied|\d+ values for \d+ columns|all VALUES must have the same number of terms)$/,
    (m) => ({ sqlstate: '42601', message: m[0] }),
  ],
  [/^SELECTs to the left and right of .*$/, (m) => ({ sqlstate: '42601', message: m[0] })],
  [
    /^ON CONFLICT clause does not match any .*$/,
    () => ({ sqlstate: '42P10', message: 'there is no unique or exclusion constraint matching the ON CONFLICT specification' }),
  ],
  [/^cannot modify (\S+) because it is a view$/, (m) => ({ sqlstate: '55000', message: `cannot modify view "${m[1]}"` })],
  [
    /^cannot (?:UPDATE|INSERT into) generated column "?(.+?)"?$/,
    (m) => ({ sqlstate: '428C9', message: `cannot insert a non-DEFAULT value into column "${m[1]}"` }),
  ],
  [/^malformed JSON$/, () => ({ sqlstate: '22P02', message: 'invalid input syntax for type json' })],
  [/^bad JSON path: .*$/, () => ({ sqlstate: '2203B', message: 'invalid JSON path' })],
  [/^integer overflow$/, () => ({ sqlstate: '22003', message: 'bigint out of range' })],
  [
    /^(?:string or blob too big|too many SQL variables|Expression tree is too large.*|too many terms in compound SELECT|parser stack overflow|too many (?:columns|arguments).*)$/,
    () => ({ sqlstate: '54001', message: 'statement is too complex' }),
  ],
  [/^(?:LIKE or GLOB pattern too complex)$/, () => ({ sqlstate: '54000', message: 'pattern is too long' })],
  [/^fts5: .*|^unterminated string$/, () => ({ sqlstate: '42601', message: 'syntax error in text search query' })],
  [
    /^(?:attempt to write a readonly database)$/,
    () => ({ sqlstate: '25006', message: 'cannot execute statement in a read-only transaction' }),
  ],
  [
    /^(?:not authorized|table (\S+) may not be modified|unsafe use of .*|access to .* is prohibited)$/,
    () => ({ sqlstate: '42501', message: 'permission denied' }),
  ],
  [
    /^(?:Missing named parameter|Too (?:few|many) parameter values).*$/,
    () => ({ sqlstate: '42P02', message: 'the statement uses a parameter that has no value' }),
  ],
];

/** Keyed by the driver's extended result code; tried before the message. */
const byCode: Readonly<Record<string, (message: string) => Fields>> = {
  SQLITE_CONSTRAINT_UNIQUE: uniqueViolation,
  SQLITE_CONSTRAINT_PRIMARYKEY: uniqueViolation,
  SQLITE_CONSTRAINT_ROWID: uniqueViolation,
  SQLITE_CONSTRAINT_NOTNULL: (message) => {
    const [table, column] = splitColumn(message.replace(/^NOT NULL constraint failed: /, ''));
    return { sqlstate: '23502', message: `null value in column "${column}" of relation "${table}" violates not-null constraint` };
  },
  SQLITE_CONSTRAINT_FOREIGNKEY: () => ({ sqlstate: '23503', message: 'insert or update violates foreign key constraint' }),
  SQLITE_CONSTRAINT_TRIGGER: (message) =>
    message.startsWith('FOREIGN KEY')
      ? { sqlstate: '23503', message: 'update or delete violates foreign key constraint' }
      : { sqlstate: 'P0001', message },
  SQLITE_CONSTRAINT_CHECK: (message) => ({
    sqlstate: '23514',
    message: `new row violates check constraint "${message.replace(/^CHECK constraint failed: /, '')}"`,
  }),
  SQLITE_CONSTRAINT_DATATYPE: (message) => {
    const match = /^cannot store (\w+) value in (\w+) column (.+)$/.exec(message);
    return {
      sqlstate: '22P02',
      message: match === null ? 'invalid input syntax' : `invalid input syntax for type ${match[2]?.toLowerCase()}`,
    };
  },
  SQLITE_MISMATCH: () => ({ sqlstate: '22P02', message: 'invalid input syntax for type integer' }),
  SQLITE_TOOBIG: () => ({ sqlstate: '54000', message: 'value is too large' }),
  SQLITE_FULL: () => ({ sqlstate: '53100', message: 'could not write: the disk or the database is full' }),
  SQLITE_NOMEM: () => ({ sqlstate: '53200', message: 'out of memory' }),
  SQLITE_INTERRUPT: () => ({ sqlstate: '57014', message: 'canceling statement due to statement timeout' }),
  SQLITE_AUTH: () => ({ sqlstate: '42501', message: 'permission denied' }),
};

/** Families of result codes: `SQLITE_BUSY_SNAPSHOT` is a `SQLITE_BUSY`. */
const byFamily: readonly (readonly [string, Fields])[] = [
  ['SQLITE_BUSY', { sqlstate: '40001', message: 'could not serialize access due to concurrent update' }],
  ['SQLITE_LOCKED', { sqlstate: '40001', message: 'could not serialize access due to concurrent update' }],
  ['SQLITE_READONLY', { sqlstate: '25006', message: 'cannot execute statement in a read-only transaction' }],
  ['SQLITE_CONSTRAINT', { sqlstate: '23000', message: 'integrity constraint violation' }],
  ['SQLITE_CORRUPT', { sqlstate: 'XX001', message: 'the database file is damaged' }],
  ['SQLITE_NOTADB', { sqlstate: 'XX001', message: 'the database file is damaged' }],
  ['SQLITE_IOERR', { sqlstate: '58030', message: 'could not read or write the database file' }],
  ['SQLITE_CANTOPEN', { sqlstate: '58030', message: 'could not open the database file' }],
];

/** Passes a SqlError or Problem through; anything unknown becomes a 42601 for bad SQL or XX000 for a fault of ours. */
export function toSqlError(error: unknown): SqlError {
  if (isSqlError(error)) return error;
  if (isProblem(error) || !(error instanceof Error))
    return new SqlError({ sqlstate: 'XX000', message: 'internal error', cause: error });
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const fields =
    byCode[code]?.(error.message) ?? findByMessage(error.message) ?? byFamily.find(([prefix]) => code.startsWith(prefix))?.[1];
  if (fields !== undefined) return new SqlError({ ...fields, cause: error });
  if (code === 'SQLITE_ERROR') return new SqlError({ sqlstate: '42601', message: error.message, cause: error });
  return new SqlError({ sqlstate: 'XX000', message: 'internal error', cause: error });
}

function findByMessage(message: string): Fields | undefined {
  for (const [pattern, make] of byMessage) {
    const match = pattern.exec(message);
    if (match !== null) return make(match);
  }
  return undefined;
}

function uniqueViolation(message: string): Fields {
  const list = message.replace(/^UNIQUE constraint failed: /, '');
  const index = /^index '(.+)'$/.exec(list)?.[1];
  const columns = list.split(', ').map(splitColumn);
  const table = columns[0]?.[0] ?? '';
  const name = index ?? [table, ...columns.map(([, column]) => column), 'key'].join('_');
  return { sqlstate: '23505', message: `duplicate key value violates unique constraint "${name}"` };
}

function splitColumn(text: string): [string, string] {
  const dot = text.lastIndexOf('.');
  return dot === -1 ? ['', text] : [text.slice(0, dot), text.slice(dot + 1)];
}
