import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importSqlite } from '#lib/engine/import/import-sqlite.ts';
import { openFile } from '#lib/engine/open-file.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';
import { migrateSystemTables } from '#lib/engine/system-migrate.ts';
import { engineMigrations } from '#lib/engine/system-tables.ts';

const chinook = new URL('../../../../shared/data/chinook.sqlite', import.meta.url).pathname;

let directory: string;
let target: string;
let source: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'koyalite-import-'));
  target = join(directory, 'target.db');
  source = join(directory, 'source.db');
  const handle = openFile(target, { create: true });
  migrateSystemTables(handle, engineMigrations);
  handle.close();
});

afterEach(() => rmSync(directory, { recursive: true }));

function makeSource(sql: string, prepare?: (db: SQLite.Database) => void): void {
  const db = new SQLite(source);
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  prepare?.(db);
  db.close();
}

function inTarget<T>(work: (db: SQLite.Database) => T): T {
  const db = new SQLite(target, { readonly: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

function refusal(): { sqlstate: string; message: string } {
  try {
    importSqlite(target, source);
  } catch (error) {
    if (isSqlError(error)) return { sqlstate: error.sqlstate, message: error.message };
    throw error;
  }
  throw new Error('the import was not refused');
}

const everyKind = `
CREATE TABLE [authors] (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, note TEXT DEFAULT 'none');
CREATE TABLE books (
  id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES authors(id), title TEXT, price NUMERIC(10,2),
  label TEXT GENERATED ALWAYS AS (title || '!') STORED, loud TEXT AS (upper(title)));
CREATE TABLE tags (book INTEGER, tag TEXT, PRIMARY KEY (book, tag)) WITHOUT ROWID;
CREATE TABLE log (line TEXT, at);
CREATE UNIQUE INDEX books_title ON books(title COLLATE NOCASE) WHERE title IS NOT NULL;
CREATE VIEW cheap AS SELECT title FROM books WHERE price < 10;
CREATE TRIGGER note_book AFTER INSERT ON books BEGIN INSERT INTO log VALUES ('new ' || new.title, 1); END;
CREATE VIRTUAL TABLE books_text USING fts5(title, content='books', content_rowid='id');
CREATE VIRTUAL TABLE notes_text USING fts5(body, extra UNINDEXED);
INSERT INTO authors VALUES (1, 'Ada', 'x'), (9, 'Zoë', NULL);
DELETE FROM authors WHERE id = 9;
INSERT INTO books(id, author_id, title, price) VALUES (1, 1, 'Engines', 9.5), (9007199254740993, NULL, 'Größe', 20);
INSERT INTO books_text(books_text) VALUES ('rebuild');
INSERT INTO notes_text(rowid, body, extra) VALUES (7, 'the quick fox', 'kept');
INSERT INTO tags VALUES (1, 'maths'), (1, 'steam');
DELETE FROM log WHERE rowid = 1;
INSERT INTO log VALUES (x'00ff', 1.0);`;

test('every kind of object and value arrives', () => {
  makeSource(everyKind);
  expect(importSqlite(target, source)).toEqual([
    { name: 'authors', rows: 1 },
    { name: 'books', rows: 2 },
    { name: 'tags', rows: 2 },
    { name: 'log', rows: 2 },
    { name: 'books_text', rows: 2 },
    { name: 'notes_text', rows: 1 },
  ]);
  inTarget((db) => {
    const all = (sql: string) => db.prepare(sql).safeIntegers().raw().all();
    expect(all('SELECT id, author_id, title, price, label, loud FROM books ORDER BY id')).toEqual([
      [1n, 1n, 'Engines', 9.5, 'Engines!', 'ENGINES'],
      [9007199254740993n, null, 'Größe', 20n, 'Größe!', 'GRößE'],
    ]);
    expect(all('SELECT rowid, line, at, typeof(at) FROM log')).toEqual([
      [2n, 'new Größe', 1n, 'integer'],
      [3n, Buffer.from([0, 255]), 1, 'real'],
    ]);
    expect(all("SELECT rowid FROM books_text('engines')")).toEqual([[1n]]);
    expect(all("SELECT rowid, extra FROM notes_text('fox')")).toEqual([[7n, 'kept']]);
    expect(all('SELECT title FROM cheap')).toEqual([['Engines']]);
    expect(all("SELECT seq FROM sqlite_sequence WHERE name = 'authors'")).toEqual([[9n]]);
    expect(all("SELECT wr FROM pragma_table_list WHERE name = 'tags'")).toEqual([[1n]]);
    expect(
      all(
        "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL AND name NOT LIKE '~_koyalite~_%' ESCAPE '~' ORDER BY name",
      ),
    ).toEqual([['books_title'], ['note_book']]);
  });
});

test('constraints get the names PostgreSQL would give, and brackets become standard quotes', () => {
  makeSource(everyKind);
  importSqlite(target, source);
  const sql = inTarget((db) =>
    db.prepare("SELECT sql FROM sqlite_schema WHERE name IN ('authors', 'books') ORDER BY name").pluck().all(),
  );
  expect(String(sql[0])).toContain('"authors"');
  expect(String(sql[0])).toContain('CONSTRAINT "authors_pkey" PRIMARY KEY AUTOINCREMENT');
  expect(String(sql[0])).toContain('CONSTRAINT "authors_name_key" UNIQUE');
  expect(String(sql[1])).toContain('CONSTRAINT "books_author_id_fkey" REFERENCES authors(id)');
});

test('imported relations are known, walled, and the catalog version moves', () => {
  makeSource(everyKind);
  const version = inTarget((db) => Number(db.prepare('SELECT version FROM _koyalite_catalog_version').pluck().get()));
  importSqlite(target, source);
  inTarget((db) => {
    expect(db.prepare('SELECT name, kind, rls_enabled FROM _koyalite_tables ORDER BY name').raw().all()).toEqual([
      ['authors', 'table', 1],
      ['books', 'table', 1],
      ['books_text', 'virtual', 1],
      ['cheap', 'view', 1],
      ['log', 'table', 1],
      ['notes_text', 'virtual', 1],
      ['tags', 'table', 1],
    ]);
    expect(db.prepare('SELECT version FROM _koyalite_catalog_version').pluck().get()).toBe(version + 1);
  });
});

test('a taken name is refused and nothing is kept', () => {
  makeSource('CREATE TABLE a (x); INSERT INTO a VALUES (1); CREATE TABLE B (x);');
  const db = new SQLite(target);
  db.exec('CREATE TABLE b (mine)');
  db.close();
  expect(refusal()).toEqual({ sqlstate: '42P07', message: 'relation "B" already exists' });
  expect(inTarget((open) => open.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'a'").pluck().get())).toBe(0);
});

test("the source's own system tables are left out", () => {
  makeSource('CREATE TABLE _koyalite_users (id, email); CREATE INDEX i ON _koyalite_users(email); CREATE TABLE a (x); ANALYZE;');
  expect(importSqlite(target, source)).toEqual([{ name: 'a', rows: 0 }]);
});

test.each([
  ['a view of a system table', 'CREATE TABLE a (x); CREATE VIEW v AS SELECT * FROM "_koyalite_users"'],
  [
    'a trigger writing a system table',
    'CREATE TABLE a (x); CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM _KOYALITE_rls_policies; END',
  ],
  ['an FTS index over a system table', "CREATE VIRTUAL TABLE f USING fts5(email, content='_koyalite_users')"],
  ['a view of the schema', 'CREATE VIEW v AS SELECT * FROM sqlite_schema'],
  ['a view of a pragma', 'CREATE VIEW v AS SELECT * FROM pragma_table_list'],
])('%s is refused', (_, sql) => {
  makeSource(sql);
  expect(refusal().sqlstate).toBe('42501');
});

test('SQL smuggled into the schema table runs nowhere', () => {
  makeSource('CREATE TABLE a (x)', (db) => {
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.exec(`UPDATE sqlite_schema SET sql = 'CREATE TABLE a (x); DROP TABLE "_koy' || 'alite_schemas"' WHERE name = 'a'`);
  });
  expect(['42501', 'XX001']).toContain(refusal().sqlstate);
  expect(inTarget((db) => db.prepare('SELECT count(*) FROM _koyalite_schemas').pluck().get())).toBe(4);
});

test('a second statement in a definition is refused', () => {
  makeSource('CREATE TABLE a (x); CREATE TABLE b (x)', (db) => {
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.exec("UPDATE sqlite_schema SET sql = 'CREATE TABLE a (x); CREATE TABLE evil (y)' WHERE name = 'a'");
  });
  expect(() => importSqlite(target, source)).toThrow();
  expect(inTarget((db) => db.prepare("SELECT count(*) FROM sqlite_schema WHERE name IN ('a', 'b', 'evil')").pluck().get())).toBe(
    0,
  );
});

test('broken references are refused', () => {
  makeSource('CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p_id REFERENCES p(id)); INSERT INTO c VALUES (5)');
  expect(refusal().sqlstate).toBe('23503');
  expect(inTarget((db) => db.prepare("SELECT count(*) FROM sqlite_schema WHERE name IN ('p', 'c')").pluck().get())).toBe(0);
});

test('a contentless FTS table is refused: its text cannot be read back', () => {
  makeSource("CREATE VIRTUAL TABLE f USING fts5(body, content='')");
  expect(refusal().sqlstate).toBe('0A000');
});

test.each([
  ['text', () => writeFileSync(source, 'id,name\n1,Ada\n'.repeat(20))],
  ['an empty file', () => writeFileSync(source, '')],
])('%s is no SQLite file', (_, make) => {
  make();
  expect(refusal().sqlstate).toBe('22P04');
});

test('a file cut short is damaged', () => {
  makeSource(
    `CREATE TABLE a (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO a SELECT hex(randomblob(50)) FROM n`,
  );
  truncateSync(source, 64 << 10);
  expect(refusal().sqlstate).toBe('XX001');
});

test('a file in WAL mode without its log can be read', () => {
  makeSource('PRAGMA journal_mode = WAL; CREATE TABLE a (x); INSERT INTO a VALUES (1)');
  expect(importSqlite(target, source)).toEqual([{ name: 'a', rows: 1 }]);
});

// The sample is not part of the repository; the fixture above covers the same ground without it.
if (existsSync(chinook))
  test('a well-known sample database arrives whole', () => {
    const imported = importSqlite(target, chinook);
    expect(imported.find((table) => table.name === 'Track')?.rows).toBe(3503);
    const reference = new SQLite(chinook, { readonly: true });
    for (const { name, rows } of imported) {
      expect(rows, name).toBe(reference.prepare(`SELECT count(*) FROM "${name}"`).pluck().get());
      const read = (db: SQLite.Database) => db.prepare(`SELECT * FROM "${name}" ORDER BY rowid`).safeIntegers().raw().all();
      expect(inTarget(read)).toEqual(read(reference));
    }
    reference.close();
    expect(imported).toHaveLength(11);
  });
