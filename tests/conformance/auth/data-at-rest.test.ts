/** The page on data at rest names every table there is, and every column whose name sounds like a secret. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Management, startManagement } from '../../support/management.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/docs/data-at-rest.md'), 'utf8');
const secretSounding = /(hash|secret|seal|token|password|salt|_key$|nonce|challenge$|verifier|seed|signature|content|html)/;
/** Times and kinds, not secrets. */
const harmless = /(_at|_type|_hash_method|challenge_method)$/;

let management: Management;
beforeAll(async () => {
  management = await startManagement();
  await management.ask('POST', '/projects', { body: { name: 'Shop' } });
});
afterAll(() => management.close());

test.each([
  ['control.db', ''],
  ['environments/shop/data.db', '_koyalite_'],
])('%s', (file, prefix) => {
  const db = new SQLite(join(management.home, file), { readonly: true });
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all()
    .map(String)
    .filter((name) => name.startsWith(prefix));
  expect(tables.length).toBeGreaterThan(10);
  const missing = tables.flatMap((table) => {
    const lines = page.split('\n').filter((line) => line.includes(`\`${table}\``));
    if (lines.length === 0) return [table];
    const columns = db.prepare('SELECT name FROM pragma_table_xinfo(?)').pluck().all(table).map(String);
    return columns
      .filter((column) => secretSounding.test(column) && !harmless.test(column))
      .filter((column) => !lines.some((line) => line.includes(`\`${column}\``)))
      .map((column) => `${table}.${column}`);
  });
  db.close();
  expect(missing).toEqual([]);
});
