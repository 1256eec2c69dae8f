/** One prepared statement per text, in the three shapes rows are read in. */

import { expect, test } from 'vitest';
import { createConnection } from '#lib/engine/connection.ts';
import { openFile } from '#lib/engine/open-file.ts';

test('rows, a row, a tuple and a value of one text do not disturb each other', () => {
  const connection = createConnection(openFile(':memory:', { create: true }));
  connection.exec('CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2), (3, 4)');
  const sql = 'SELECT a, b FROM t WHERE a >= ? ORDER BY a';
  for (let round = 0; round < 2; round += 1) {
    expect(connection.all(sql, 1)).toEqual([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
    expect(connection.get(sql, 2)).toEqual({ a: 3, b: 4 });
    expect(connection.tuple(sql, 2)).toEqual([3, 4]);
    expect(connection.value(sql, 2)).toBe(3);
    expect([connection.get(sql, 9), connection.tuple(sql, 9), connection.value(sql, 9)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  }
  expect(connection.prepare(sql)).toBe(connection.prepare(sql));
});

test('named values and counts of changes', () => {
  const connection = createConnection(openFile(':memory:', { create: true }));
  connection.exec('CREATE TABLE t (a, b)');
  expect(connection.run('INSERT INTO t VALUES (:x, :y)', { x: 1, y: 'z' })).toEqual({ changes: 1, lastInsertRowid: 1 });
  expect(connection.value('SELECT b FROM t WHERE a = :x', { x: 1 })).toBe('z');
});
