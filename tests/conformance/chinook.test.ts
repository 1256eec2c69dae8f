/** A foreign SQLite file, imported: every table counts as SQLite counts it, and embeds reach two levels down. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { openRestEnvironment, type RestEnvironment, serviceRole } from '../support/rest-environment.ts';

const sample = join(import.meta.dirname, '../../../shared/data/chinook.sqlite');
const directory = mkdtempSync(join(tmpdir(), 'koyalite-chinook-'));
const file = existsSync(sample) ? sample : makeSample(join(directory, 'sample.db'));
let rest: RestEnvironment;
let source: SQLite.Database;

/** The same shape, for checkouts without the sample. */
function makeSample(path: string): string {
  const db = new SQLite(path);
  db.exec(`CREATE TABLE Artist (ArtistId INTEGER PRIMARY KEY, Name NVARCHAR(120));
    CREATE TABLE Album (AlbumId INTEGER PRIMARY KEY, Title NVARCHAR(160) NOT NULL, ArtistId INTEGER NOT NULL REFERENCES Artist (ArtistId));
    CREATE TABLE Track (TrackId INTEGER PRIMARY KEY, Name TEXT, AlbumId INTEGER REFERENCES Album (AlbumId), UnitPrice NUMERIC(10,2));
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) INSERT INTO Artist SELECT i, 'Artist ' || i FROM n;
    INSERT INTO Album SELECT ArtistId, 'Album', ArtistId % 7 + 1 FROM Artist;
    INSERT INTO Track SELECT a.AlbumId * 100 + b.AlbumId, 'Track', a.AlbumId, 0.99 FROM Album a, Album b WHERE b.AlbumId < 6`);
  db.close();
  return path;
}

beforeAll(async () => {
  source = new SQLite(file, { readonly: true });
  rest = await openRestEnvironment('', { api: { maxRows: 100_000 } });
  await rest.engine.importSqlite(rest.database, file);
});
afterAll(async () => {
  source.close();
  await rest.close();
  rmSync(directory, { recursive: true, force: true });
});

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

test('every table has as many rows over REST as in SQLite', async () => {
  const names = z
    .array(z.string())
    .parse(
      source
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .pluck()
        .all(),
    );
  expect(names.length).toBeGreaterThan(2);
  for (const name of names) {
    const answer = await rest.call('HEAD', `/${encodeURIComponent(name)}`, {
      as: serviceRole,
      headers: { prefer: 'count=exact' },
    });
    const total = answer.headers.get('content-range')?.split('/')[1];
    expect([name, Number(total)]).toEqual([
      name,
      source
        .prepare(`SELECT count(*) FROM ${quote(name)}`)
        .pluck()
        .get(),
    ]);
  }
});

test('embeds two levels down hold exactly the rows of the joins', async () => {
  const path = '/Artist?select=ArtistId,Album(AlbumId,Track(TrackId))&order=ArtistId';
  const { status, json } = await rest.call('GET', path, { as: serviceRole });
  expect(status).toBe(200);
  const tree = z
    .array(
      z.object({
        ArtistId: z.number(),
        Album: z.array(z.object({ AlbumId: z.number(), Track: z.array(z.object({ TrackId: z.number() })) })),
      }),
    )
    .parse(json);
  const flat = tree.flatMap((artist) =>
    artist.Album.flatMap((album) => album.Track.map((track) => `${artist.ArtistId} ${album.AlbumId} ${track.TrackId}`)),
  );
  const joined = source
    .prepare(
      `SELECT ArtistId || ' ' || AlbumId || ' ' || TrackId FROM Artist JOIN Album USING (ArtistId) JOIN Track USING (AlbumId)`,
    )
    .pluck()
    .all();
  expect(flat.length).toBeGreaterThan(100);
  expect(flat.sort()).toEqual(joined.sort());
  expect(tree).toHaveLength(Number(source.prepare('SELECT count(*) FROM Artist').pluck().get()));
});

test('the other way, and nobody sees anything: imported tables are walled too', async () => {
  const up = await rest.call('GET', '/Track?select=TrackId,Album(Title,Artist(Name))&limit=3&order=TrackId', { as: serviceRole });
  const first = source
    .prepare(
      `SELECT t.TrackId, b.Title, a.Name FROM Track t JOIN Album b USING (AlbumId) JOIN Artist a USING (ArtistId) ORDER BY t.TrackId LIMIT 1`,
    )
    .raw()
    .get() as [number, string, string];
  expect(up.json).toHaveLength(3);
  expect(up.json).toMatchObject([{ TrackId: first[0], Album: { Title: first[1], Artist: { Name: first[2] } } }, {}, {}]);
  expect((await rest.call('GET', '/Track?limit=5')).json).toEqual([]);
});
