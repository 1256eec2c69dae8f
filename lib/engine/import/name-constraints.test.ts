import { expect, test } from 'vitest';
import { nameConstraints } from '#lib/engine/import/name-constraints.ts';
import { toSqliteTokens } from '#lib/engine/import/sqlite-tokens.ts';

function named(table: string, sql: string): string {
  return nameConstraints(table, toSqliteTokens(sql));
}

test.each([
  [
    'column constraints',
    'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INT REFERENCES u(id), c INT CHECK (c > 0))',
    'CREATE TABLE t (id INTEGER CONSTRAINT "t_pkey" PRIMARY KEY, a TEXT CONSTRAINT "t_a_key" UNIQUE, b INT CONSTRAINT "t_b_fkey" REFERENCES u(id), c INT CONSTRAINT "t_c_check" CHECK (c > 0))',
  ],
  [
    'table constraints',
    'CREATE TABLE t (a, b, PRIMARY KEY (a, b), UNIQUE (b, a), FOREIGN KEY (a, b) REFERENCES u (a, b) ON DELETE SET NULL, CHECK (a < b))',
    'CREATE TABLE t (a, b, CONSTRAINT "t_pkey" PRIMARY KEY (a, b), CONSTRAINT "t_b_a_key" UNIQUE (b, a), CONSTRAINT "t_a_b_fkey" FOREIGN KEY (a, b) REFERENCES u (a, b) ON DELETE SET NULL, CONSTRAINT "t_check" CHECK (a < b))',
  ],
  [
    'given names stay',
    'CREATE TABLE t (a INT CONSTRAINT "pk" PRIMARY KEY, CONSTRAINT fk FOREIGN KEY (a) REFERENCES u)',
    'CREATE TABLE t (a INT CONSTRAINT "pk" PRIMARY KEY, CONSTRAINT fk FOREIGN KEY (a) REFERENCES u)',
  ],
  [
    'clashes are numbered',
    'CREATE TABLE t (a INT REFERENCES u REFERENCES v, CONSTRAINT t_a_check UNIQUE (a), CHECK (a > 1))',
    'CREATE TABLE t (a INT CONSTRAINT "t_a_fkey" REFERENCES u CONSTRAINT "t_a_fkey1" REFERENCES v, CONSTRAINT t_a_check UNIQUE (a), CONSTRAINT "t_a_check1" CHECK (a > 1))',
  ],
  [
    'keywords inside expressions, strings and names',
    `CREATE TABLE t ("unique" TEXT DEFAULT 'PRIMARY KEY', b AS ("unique" || ' CHECK (') STORED /* UNIQUE */)`,
    `CREATE TABLE t ("unique" TEXT DEFAULT 'PRIMARY KEY', b AS ("unique" || ' CHECK (') STORED /* UNIQUE */)`,
  ],
  [
    'options after the body',
    'CREATE TABLE t (a TEXT PRIMARY KEY) STRICT, WITHOUT ROWID',
    'CREATE TABLE t (a TEXT CONSTRAINT "t_pkey" PRIMARY KEY) STRICT, WITHOUT ROWID',
  ],
])('%s', (_, sql, expected) => {
  expect(named('t', sql)).toBe(expected);
});
