/** Full text search as PostgreSQL's english and simple configurations do it. */

import SQLite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { registerFunctions } from '#lib/engine/functions/register-functions.ts';

const db = new SQLite(':memory:');
registerFunctions(db);

test.each([
  ['english', 'The Fat Cats sat on a mat', `'cat':3 'fat':2 'mat':7 'sat':4`],
  ['english', 'running generously dying skies', `'die':3 'generous':2 'run':1 'sky':4`],
  ['simple', 'The Fat cats', `'cats':3 'fat':2 'the':1`],
  ['english', 'abc123 12.5 -3', `'-3':3 '12.5':2 'abc123':1`],
  ['english', 'a@b.com', `'a@b.com':1`],
  ['german', 'Häuser', `'haus':1`],
])('to_tsvector(%s, %s)', (config, text, expected) => {
  expect(db.prepare('SELECT to_tsvector(?, ?)').pluck().get(config, text)).toBe(expected);
});

const cat = `'cat':3 'fat':2 'sat':4`;

test.each([
  [cat, 'cat & fat', 'fts', 1],
  [cat, 'cats', 'fts', 1],
  [cat, 'dog | cat', 'fts', 1],
  [cat, '!dog', 'fts', 1],
  [cat, '!cat', 'fts', 0],
  [cat, 'fat <-> cat', 'fts', 1],
  [cat, 'cat <-> fat', 'fts', 0],
  [cat, 'fat <2> sat', 'fts', 1],
  [cat, 'ca:*', 'fts', 1],
  [cat, '(dog | cat) & !bird', 'fts', 1],
  [cat, 'fat <-> !dog', 'fts', 1],
  [cat, 'the', 'fts', 0],
  [cat, 'fat cats', 'plfts', 1],
  [cat, 'fat dogs', 'plfts', 0],
  [cat, 'fat cats', 'phfts', 1],
  [cat, 'cats fat', 'phfts', 0],
  [cat, '"fat cat" or dog', 'wfts', 1],
  [cat, 'cat -fat', 'wfts', 0],
  [`'cat' 'fat'`, 'cat', 'fts', 1],
  [`'cat' 'fat'`, 'fat cat', 'phfts', 0],
  [`'cat':1A`, 'cat:B', 'fts', 0],
  ['The fat cats', 'cat', 'fts', 1],
  ['{"title":"Fat cats","n":1}', 'cat', 'fts', 1],
  ['', 'cat', 'fts', 0],
])('%s @@ %s (%s)', (value, query, kind, expected) => {
  expect(db.prepare("SELECT ts_match(?, ?, 'english', ?)").pluck().get(value, query, kind)).toBe(expected);
});

test('NULL matches nothing and an unknown configuration is refused', () => {
  expect(db.prepare("SELECT ts_match(NULL, 'a', NULL, 'fts')").pluck().get()).toBeNull();
  expect(() => db.prepare("SELECT ts_match('a', 'a', 'nope', 'fts')").get()).toThrow(
    'text search configuration "nope" does not exist',
  );
});
