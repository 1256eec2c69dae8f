import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openControlDatabase } from '#lib/control/control-database.ts';
import { migrate, readMigrations } from '#lib/control/migrate.ts';

const prismaDirectory = join(import.meta.dirname, '../../prisma');
const newFile = () => join(mkdtempSync(join(tmpdir(), 'control-')), 'control.db');

interface ColumnShape {
  name: string;
  type: string;
  required: boolean;
}

const sqlTypes: Record<string, string> = { String: 'TEXT', Int: 'INTEGER', Boolean: 'BOOLEAN', DateTime: 'DATETIME' };

/** Tables and columns as schema.prisma declares them. */
function declaredTables(): Map<string, ColumnShape[]> {
  const schema = readFileSync(join(prismaDirectory, 'schema.prisma'), 'utf8');
  const tables = new Map<string, ColumnShape[]>();
  for (const [, body = ''] of schema.matchAll(/^model \w+ \{\n([\s\S]*?)^\}/gm)) {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? '';
    const columns = [...body.matchAll(/^ {2}(\w+)\s+(String|Int|Boolean|DateTime)(\??)(.*)$/gm)].map(
      ([, field, type, optional, rest]) => ({
        name: /@map\("(\w+)"\)/.exec(rest ?? '')?.[1] ?? field ?? '',
        type: sqlTypes[type ?? ''] ?? '',
        required: optional !== '?',
      }),
    );
    tables.set(table, columns);
  }
  return tables;
}

test('the migrations yield the tables and columns of schema.prisma', async () => {
  const file = newFile();
  await migrate(file);
  const database = new Sqlite(file, { readonly: true });
  const tables = database
    .prepare<[], { name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '_prisma_migrations'",
    )
    .all();
  const found = new Map(
    tables.map(({ name }) => [
      name,
      database
        .prepare<[string], { name: string; type: string; notnull: number }>(
          'SELECT name, type, "notnull" FROM pragma_table_info(?)',
        )
        .all(name)
        .map((column) => ({ name: column.name, type: column.type, required: column.notnull === 1 })),
    ]),
  );
  database.close();
  const byName = (shapes: Map<string, ColumnShape[]>) =>
    Object.fromEntries([...shapes].sort(([left], [right]) => (left < right ? -1 : 1)));
  expect(byName(found)).toEqual(byName(declaredTables()));
});

test('the unique indexes of schema.prisma exist', async () => {
  const file = newFile();
  await migrate(file);
  const database = new Sqlite(file, { readonly: true });
  const names = database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE 'CREATE UNIQUE%' ORDER BY 1")
    .pluck()
    .all();
  database.close();
  expect(names).toEqual([
    'api_keys_environment_id_type_name_key',
    'api_keys_hash_key',
    'environments_project_id_name_key',
    'environments_ref_key',
    'invites_token_hash_key',
    'operator_factors_credential_id_key',
    'operator_tokens_hash_key',
    'operators_email_key',
    'projects_ref_key',
  ]);
});

test('the committed client was generated from this schema', () => {
  const generated = readFileSync(join(prismaDirectory, 'generated/internal/class.ts'), 'utf8');
  const inlined = /"inlineSchema": ("(?:[^"\\]|\\.)*")/.exec(generated)?.[1] ?? '""';
  // Prisma realigns columns on the way, so runs of blanks count as one.
  const words = (text: string) => text.split(/\s+/).join(' ');
  expect(words(JSON.parse(inlined))).toBe(words(readFileSync(join(prismaDirectory, 'schema.prisma'), 'utf8')));
});

test('a second run applies nothing, and a changed or unknown migration is refused', async () => {
  const file = newFile();
  const migrations = readMigrations();
  expect(await migrate(file)).toEqual(migrations.map((migration) => migration.name));
  expect(await migrate(file)).toEqual([]);
  const edited = migrations.map((migration) => ({ ...migration, sql: `${migration.sql}\n-- edited` }));
  await expect(migrate(file, edited)).rejects.toThrow(/has changed/);
  await expect(migrate(file, [])).rejects.toThrow(/newer KoyaLite/);
});

test('a failing migration keeps nothing of itself', async () => {
  const file = newFile();
  const broken = { name: '29990101000000_broken', sql: 'CREATE TABLE half (id INTEGER); CREATE TABLE operators (id INTEGER);' };
  await expect(migrate(file, [...readMigrations(), broken])).rejects.toThrow(/already exists/);
  const database = new Sqlite(file, { readonly: true });
  expect(database.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0);
  database.close();
  expect(await migrate(file)).toEqual([]);
});

test('every connection is durable and enforces foreign keys', async () => {
  const file = newFile();
  await (await openControlDatabase(file)).$disconnect();
  const database = await openControlDatabase(file);
  expect(await database.$queryRawUnsafe('PRAGMA synchronous')).toEqual([{ synchronous: 2n }]);
  expect(await database.$queryRawUnsafe('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
  expect(await database.$queryRawUnsafe('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1n }]);
  await database.$disconnect();
});

test('audit entries cannot be changed or deleted', async () => {
  const database = await openControlDatabase(newFile());
  await database.auditEntry.create({ data: { at: 'now', actor: 'a', action: 'b', subject: 'c', prevHash: '', hash: 'x' } });
  await expect(database.auditEntry.updateMany({ data: { actor: 'forged' } })).rejects.toThrow();
  await expect(database.auditEntry.deleteMany()).rejects.toThrow();
  await expect(database.$executeRawUnsafe("UPDATE audit_entries SET actor = 'forged'")).rejects.toThrow(/append-only/);
  expect(await database.auditEntry.findMany({ select: { actor: true } })).toEqual([{ actor: 'a' }]);
  await database.$disconnect();
});

test('a write beside a transaction survives its rollback', async () => {
  const database = await openControlDatabase(newFile());
  let beside: Promise<unknown> = Promise.resolve();
  const failing = database.$transaction(async (transaction) => {
    await transaction.setting.create({ data: { name: 'inside', value: '1' } });
    beside = database.setting.create({ data: { name: 'beside', value: '1' } }).then((row) => row);
    for (let tick = 0; tick < 20; tick++) await new Promise((resolve) => setImmediate(resolve));
    throw new Error('roll back');
  });
  await expect(failing).rejects.toThrow('roll back');
  await beside;
  expect(await database.setting.findMany()).toEqual([{ name: 'beside', value: '1' }]);
  await database.$disconnect();
});
