/** Decimals of any length compare by value: in CHECKs, in the console, in policies, views and functions. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactComparison } from '#lib/engine/sql/rewrite/exact-numeric.ts';
import { createTestFile } from '#lib/engine/sql/test-file.ts';
import { compareNumeric, encodeNumeric } from '#lib/engine/types/numeric.ts';

const decimal = fc.oneof(
  fc
    .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 0, max: 22 }))
    .map(([negative, units, scale]) => {
      const text = String(units).padStart(scale + 1, '0');
      return `${negative && units > 0n ? '-' : ''}${scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`}`;
    }),
  fc.constantFrom(
    '0',
    '0.0',
    '1',
    '1.0',
    '1.10',
    '1.1',
    '10',
    '9',
    '0.1',
    '-0.1',
    '-0.10',
    '99.99999999999999999',
    '100',
    '100.00000000000000001',
  ),
  fc.constantFrom(
    '9007199254740993',
    '9007199254740992.5',
    '123456789012345678',
    '0.00001',
    '-0.00000000000000000001',
    'NaN',
    'Infinity',
    '-Infinity',
  ),
);
const operators = ['=', '<>', '<', '<=', '>', '>='] as const;

function expected(a: string, operator: string, b: string): boolean {
  const order = compareNumeric(a, b);
  if (operator === '=') return order === 0;
  if (operator === '<>') return order !== 0;
  return operator.startsWith('<')
    ? order < 0 || (operator === '<=' && order === 0)
    : order > 0 || (operator === '>=' && order === 0);
}

const stored = (text: string) => encodeNumeric({ kind: 'numeric', name: 'numeric' }, text);

test('SQLite alone compares two columns, and a column with a literal, by value', () => {
  const file = createTestFile();
  file.run('create table n (a numeric, b numeric)');
  const insert = file.connection.handle.prepare('INSERT INTO n VALUES (?, ?)');
  fc.assert(
    fc.property(decimal, decimal, fc.constantFrom(...operators), (a, b, operator) => {
      file.connection.handle.exec('DELETE FROM n');
      insert.run(stored(a), stored(b));
      const literal = /^-?[\d.]+$/.test(b) ? b : `'${b}'`;
      const answers = [true, false].map((builtinsOnly) =>
        file.connection.tuple(
          `SELECT ${exactComparison('a', operator, 'b', builtinsOnly)}, ${exactComparison('a', operator, literal, builtinsOnly)}, ${exactComparison(literal, operator, 'a', builtinsOnly)} FROM n`,
        ),
      );
      const flag = Number(expected(a, operator, b));
      const row = [flag, flag, Number(expected(b, operator, a))];
      expect(answers, `${a} ${operator} ${b}`).toEqual([row, row]);
    }),
    { numRuns: 2000 },
  );
});

test('a NULL makes any of them NULL', () => {
  const file = createTestFile();
  file.run(`create table n (a numeric, b numeric); insert into n values (null, '1.10')`);
  for (const operator of operators)
    for (const builtinsOnly of [true, false])
      expect(
        file.connection.tuple(
          `SELECT ${exactComparison('a', operator, 'b', builtinsOnly)}, ${exactComparison('b', operator, 'a', builtinsOnly)}, ${exactComparison('a', operator, '1', builtinsOnly)} FROM n`,
        ),
      ).toEqual([null, null, null]);
});

test('a CHECK holds for decimals of any length, and is the file’s own', () => {
  const file = createTestFile();
  file.run(`create table prices (id int primary key, price numeric check (price >= 0 and price < 100), low numeric, high numeric(30, 20),
    constraint ordered check (low <= high), constraint listed check (low in (1, 2.50, '3.14159265358979323846') or low between -5 and 0))`);
  file.run(
    `insert into prices (id, price, low, high) values (1, '99.99999999999999999', '3.14159265358979323846', 100), (2, '1.10', '2.5', '2.50'), (3, 0, '-4.99999999999999999999', 0)`,
  );
  expect(file.fails(`insert into prices (id, price) values (9, '-0.00000000000000000001')`)).toMatch(/^23514/);
  expect(file.fails(`insert into prices (id, price) values (9, '100.00000000000000000')`)).toMatch(/^23514/);
  expect(file.fails(`insert into prices (id, low, high) values (9, '2.50', '2.49999999999999999999')`)).toMatch(
    /^23514.*ordered/s,
  );
  expect(file.fails(`insert into prices (id, low) values (9, '3.14159265358979323847')`)).toMatch(/^23514.*listed/s);
  expect(file.fails(`insert into prices (id, low) values (9, '-5.00000000000000000001')`)).toMatch(/^23514.*listed/s);
  const sql = String(file.rows(`select sql from sqlite_schema where name = 'prices'`)[0]?.[0]);
  expect(sql).not.toMatch(/numeric_key/);
});

test('ALTER TABLE adds such a CHECK, and a rebuild keeps it as it is', () => {
  const file = createTestFile();
  file.run(`create table p (id int primary key); alter table p add column price numeric constraint positive check (price > 0)`);
  file.run('alter table p add constraint small check (price < 10)');
  const sql = () => String(file.rows(`select sql from sqlite_schema where name = 'p'`)[0]?.[0]);
  const before = /CONSTRAINT "?small"? CHECK.*/s.exec(sql())?.[0];
  file.run(
    `alter table p add column note text; alter table p alter column note set not null; insert into p values (1, '9.99999999999999999999', 'n')`,
  );
  expect(/CONSTRAINT "?small"? CHECK.*/s.exec(sql())?.[0]).toBe(before);
  expect(file.fails(`insert into p values (2, '10.00000000000000000000', 'n')`)).toMatch(/^23514.*small/s);
  expect(file.fails(`insert into p values (2, '-1.00000000000000000000', 'n')`)).toMatch(/^23514.*positive/s);
});

test('the console compares by value, through aliases, and sets by assignment', () => {
  const file = createTestFile();
  file.run(`create table orders (id int primary key, total numeric, code text); create table limits (id int primary key, total text, most numeric);
    insert into orders values (1, '9.50', '10'), (2, '10.00000000000000000001', '9'), (3, '-1.10', '11'), (4, 7, '7');
    insert into limits values (1, 'x', '10.00')`);
  const ids = (sql: string) => file.rows(sql).flat();
  expect(ids('select id from orders where total > 9 order by id')).toEqual([1, 2]);
  expect(ids('select id from orders where 10 < total')).toEqual([2]);
  expect(ids('select id from orders o where o.total <= 7 order by id')).toEqual([3, 4]);
  expect(ids('select id from orders where total between -2 and 9.5 order by id')).toEqual([1, 3, 4]);
  expect(ids('select id from orders where total not between -2 and 9.5')).toEqual([2]);
  expect(ids(`select id from orders where total in (9.5, '-1.1') order by id`)).toEqual([1, 3]);
  expect(ids('select id from orders where total not in (9.5, -1.1) order by id')).toEqual([2, 4]);
  expect(ids('select o.id from orders as o join limits l on o.total < l.most order by o.id')).toEqual([1, 3, 4]);
  // Text stays text, also under a name that elsewhere means a decimal.
  expect(ids(`select id from orders where code > '7' order by id`)).toEqual([2]);
  expect(ids(`select l.id from orders o join limits l on l.total = 'x' and o.total > 10`)).toEqual([1]);
  file.run(`update orders set total = 12, code = 'set' where total = 9.50; delete from orders where total < 0`);
  expect(file.rows('select id, total, code from orders order by id')).toEqual([
    [1, 12, 'set'],
    [2, '10.00000000000000000001', '9'],
    [4, 7, '7'],
  ]);
  file.run('create view large as select id from orders where total > 10');
  expect(ids('select id from large order by id')).toEqual([1, 2]);
});
