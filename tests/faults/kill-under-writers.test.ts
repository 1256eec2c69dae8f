/** D01: SIGKILL under sixteen writers; every answered write is there after the restart, and no half of one. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from './start-server.ts';
import { createTestProject, runSql, type TestProject } from './test-project.ts';

const rounds = 25;
const writers = 16;
const userId = '11111111-1111-4111-8111-111111111111';
const schemaSql = `
CREATE TABLE parents (id bigint PRIMARY KEY);
INSERT INTO parents (id) VALUES (1);
CREATE TABLE writes (
  round integer NOT NULL, writer integer NOT NULL, seq integer NOT NULL, half integer NOT NULL,
  parent_id bigint NOT NULL DEFAULT 1 REFERENCES parents (id), PRIMARY KEY (round, writer, seq, half));
CREATE POLICY writes_insert ON writes FOR INSERT TO authenticated WITH CHECK (true);`;

let home: string;
let server: RunningServer;
let project: TestProject;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'koyalite-kill-'));
  server = await startServer(home);
  project = await createTestProject(server, 'kill', schemaSql, userId);
});

afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Writes pairs of rows until the server is gone; returns how many pairs were answered with 201. */
async function write(round: number, writer: number): Promise<number> {
  for (let seq = 1; ; seq += 1) {
    try {
      const response = await fetch(`${server.url}${project.path}/rest/v1/writes`, {
        method: 'POST',
        headers: { ...project.headers, prefer: 'return=minimal' },
        body: JSON.stringify([0, 1].map((half) => ({ round, writer, seq, half }))),
      });
      if (response.status !== 201) throw new Error(`A write was answered with ${response.status} ${await response.text()}`);
    } catch (error) {
      // `fetch` reports a dead peer as a TypeError; anything else is an answer that should not have been given.
      if (error instanceof TypeError) return seq - 1;
      throw error;
    }
  }
}

const countSchema = z.array(z.object({ writer: z.number(), top: z.number(), rows: z.number() }));

async function countRows(round: number): Promise<Map<number, { top: number; rows: number }>> {
  const query = `SELECT writer, max(seq) AS top, count(*) AS rows FROM writes WHERE round = ${round} GROUP BY writer`;
  return new Map(countSchema.parse(await runSql(server, project.ref, query)).map((row) => [row.writer, row]));
}

/** Every database of the home, judged by SQLite itself. */
function judgeFiles(): string[] {
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:db|sqlite)$/.test(name));
  return files.flatMap((name) => {
    const db = new SQLite(join(home, name), { readonly: true });
    const verdicts = [
      db.pragma('integrity_check', { simple: true }),
      db.prepare('SELECT count(*) FROM pragma_foreign_key_check').pluck().get(),
    ];
    db.close();
    return verdicts.map(String);
  });
}

test(`D01 ${rounds} kills lose no answered write`, { timeout: 400_000 }, async () => {
  const delays = fc.sample(fc.integer({ min: 50, max: 1000 }), { numRuns: rounds, seed: 1 });
  let answered = 0;
  for (const [round, delayMs] of delays.entries()) {
    const writing = Array.from({ length: writers }, (_, writer) => write(round, writer));
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await server.kill();
    const acked = await Promise.all(writing);
    server = await startServer(home);
    const found = await countRows(round);
    for (const [writer, pairs] of acked.entries()) {
      const { top, rows } = found.get(writer) ?? { top: 0, rows: 0 };
      expect(rows, `round ${round}, writer ${writer}: pairs are whole and without gaps`).toBe(2 * top);
      // One more than answered may have been committed: the kill came between the commit and the answer.
      expect([pairs, pairs + 1], `round ${round}, writer ${writer}: ${pairs} pairs were answered`).toContain(top);
      answered += pairs;
    }
    const verdicts = judgeFiles();
    expect(verdicts.length).toBeGreaterThanOrEqual(2);
    expect(new Set(verdicts)).toEqual(new Set(['ok', '0']));
  }
  expect(answered).toBeGreaterThan(rounds * writers);
});
