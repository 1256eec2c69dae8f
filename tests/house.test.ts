/** Keeps the house in order: imports, sizes and names of every TypeScript file, each rule proven on a sample that breaks it. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importProblems, vendorProblems } from './house/import-rules.ts';
import { linkProblems } from './house/link-rules.ts';
import { isGenerated } from './house/rooms.ts';
import { parseSource, type Source } from './house/source.ts';
import { scriptProblems, sizeProblems, styleProblems } from './house/style-rules.ts';

const root = join(import.meta.dirname, '..');

function listFiles(): string[] {
  const listing = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '*.ts', '*.tsx'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listing
    .split('\0')
    .filter((path) => path !== '' && !path.startsWith('docs/') && !isGenerated(path) && existsSync(join(root, path)));
}

const sources: Source[] = listFiles().map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));

describe('the repository', () => {
  test('has files to look at', () => {
    expect(sources.length).toBeGreaterThan(10);
  });
  test('keeps the import table', () => {
    expect(sources.flatMap(importProblems)).toEqual([]);
  });
  test('meets each vendor in one file', () => {
    expect(vendorProblems(sources)).toEqual([]);
  });
  test('keeps names, ceilings and forbidden constructs', () => {
    expect(sources.flatMap(styleProblems)).toEqual([]);
  });
  test('has no link that leads nowhere', () => {
    const documents = execFileSync('git', ['ls-files', '-z', '*.md'], { cwd: root, encoding: 'utf8' }).split('\0');
    const there = documents.filter((path) => path !== '' && existsSync(join(root, path)));
    expect(there.length).toBeGreaterThan(20);
    const exists = (path: string) => existsSync(join(root, path));
    expect(there.flatMap((path) => linkProblems(path, readFileSync(join(root, path), 'utf8'), exists))).toEqual([]);
    expect(linkProblems('docs/a.md', 'see [b](./b.md#part)', () => false)).toEqual(['docs/a.md: nothing is at ./b.md']);
  });
  test('keeps files small', () => {
    expect(sizeProblems(sources)).toEqual([]);
  });
  test('has at most a dozen npm scripts', () => {
    const manifest: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(scriptProblems(manifest.scripts)).toEqual([]);
  });
});

const importProblemsOf = (path: string, text: string): string[] => importProblems(parseSource(path, text));
const styleProblemsOf = (path: string, text: string): string[] => styleProblems(parseSource(path, text));

describe('an import is refused', () => {
  test.each([
    ['lib/http/a.ts', "import { b } from '#lib/engine/b.ts';"],
    ['lib/config.ts', "import { b } from '#lib/http/problem.ts';"],
    ['lib/remember.ts', "import { b } from '#lib/config.ts';"],
    ['lib/identity/a.ts', "import type { B } from '#lib/engine/b.ts';"],
    ['lib/ports/a.ts', "import { b } from '#lib/identity/b.ts';"],
    ['lib/engine/a.ts', "import { b } from '#lib/services/rest/rest.ts';"],
    ['lib/engine/a.ts', "export { b } from '#lib/control/b.ts';"],
    ['lib/engine/a.ts', "export * from '#lib/ports/b.ts';"],
    ['lib/engine/a.ts', "const b = await import('#lib/ports/b.ts');"],
    ['lib/engine/a.ts', "let b: import('#lib/ports/b.ts').B;"],
    ['lib/engine/a.ts', "const b = require('#lib/ports/b.ts');"],
    ['lib/engine/a.ts', "import { useState } from 'react';"],
    ['lib/engine/a.ts', "import { headers } from 'next/headers';"],
    ['lib/engine/a.ts', "import { b } from './b.ts';"],
    ['lib/engine/a.ts', "import { b } from '#lib/engine/b';"],
    ['lib/services/rest/a.ts', "import { b } from '#lib/services/auth/auth.ts';"],
    ['lib/services/rest/a.ts', "import { b } from '#lib/control/b.ts';"],
    ['lib/services/rest/a.ts', "import { b } from '#lib/ports/blobs.ts';"],
    ['lib/services/rest/a.ts', "import { b } from '#lib/platform.ts';"],
    ['lib/services/rest/a.ts', "import { PrismaClient } from '@prisma/client';"],
    ['lib/services/rest/a.ts', "import { PrismaClient } from '#generated/client.ts';"],
    ['lib/services/rest/a.ts', "import Database from 'better-sqlite3';"],
    ['lib/api/a.ts', "import { b } from '#lib/services/rest/respond.ts';"],
    ['lib/api/a.ts', "import { b } from '#lib/control/b.ts';"],
    ['lib/control/a.ts', "import { b } from '#lib/services/rest/rest.ts';"],
    ['lib/control/a.ts', "import { b } from '#lib/api/handle.ts';"],
    ['lib/control/a.ts', "import { b } from '#lib/platform.ts';"],
    ['lib/engine/a.ts', "import { b } from '#tests/b.ts';"],
    ['lib/engine/a.ts', 'const b = await import(name);'],
    ['app/page.tsx', "import { loadPlatform } from '#app/api/load-platform.ts';"],
    ['app/page.tsx', "import { b } from '#lib/http/problem.ts';"],
    ['app/health/route.ts', "import { platform } from '#lib/platform.ts';"],
    ['app/api/[...path]/route.ts', "import { handle } from '#lib/api/handle.ts';"],
    ['components/a.tsx', "import { b } from '../lib/http/problem.ts';"],
    ['packages/client/src/a.ts', "import { b } from '#lib/http/problem.ts';"],
    ['packages/cli/src/a.ts', "import { b } from '../../../lib/http/problem.ts';"],
    ['functions-runtime/a.ts', "import { b } from '../lib/http/problem.ts';"],
    ['elsewhere/a.ts', 'export const a = 1;'],
  ])('%s: %s', (path, text) => {
    expect(importProblemsOf(path, text)).toHaveLength(1);
  });
});

describe('an import is allowed', () => {
  test.each([
    ['lib/identity/a.ts', "import { Problem } from '#lib/http/problem.ts';"],
    ['lib/engine/a.ts', "import { b } from '#lib/engine/sql/b.ts';"],
    ['lib/engine/a.ts', "import Database from 'better-sqlite3';"],
    ['lib/services/rest/a.ts', "import { b } from '#lib/engine/engine.ts';"],
    ['lib/services/rest/a.ts', "import type { Blobs } from '#lib/ports/blobs.ts';"],
    ['lib/services/rest/a.ts', "import { type Blobs } from '#lib/ports/blobs.ts';"],
    ['lib/services/rest/a.test.ts', "import { blobs } from '#lib/ports/blobs.ts';"],
    ['lib/api/a.ts', "import { rest } from '#lib/services/rest/rest.ts';"],
    ['lib/control/a.ts', "import { PrismaClient } from '#generated/client.ts';"],
    ['lib/platform.ts', "import { b } from '#lib/services/rest/migrations.ts';"],
    ['server.ts', "import { platform } from '#lib/platform.ts';"],
    ['app/api/[...path]/route.ts', "import { platform } from '#lib/platform.ts';"],
    ['app/api/[...path]/route.ts', "import { loadPlatform } from '../load-platform.ts';"],
    ['app/api/load-platform.ts', 'const b = await import(file);'],
    ['instrumentation.ts', "const b = await import('./app/api/load-platform.ts');"],
    ['app/page.tsx', "import { createPlatformClient } from '@koyalite/client';"],
    ['app/page.tsx', "import { Button } from '@/components/ui/button.tsx';"],
    ['packages/cli/src/a.ts', "import { createPlatformClient } from '@koyalite/client';"],
    ['tests/a.test.ts', "import { platform } from '#lib/platform.ts';"],
  ])('%s: %s', (path, text) => {
    expect(importProblemsOf(path, text)).toEqual([]);
  });
});

test('a vendor SDK in two files is refused, in one file and a test is not', () => {
  const uses = "import { Lucia } from 'lucia';";
  const one = parseSource('lib/identity/sessions.ts', uses);
  expect(vendorProblems([one, parseSource('lib/identity/sessions.test.ts', uses)])).toEqual([]);
  expect(vendorProblems([one, parseSource('lib/identity/cookies.ts', uses)])).toHaveLength(1);
});

describe('style is refused', () => {
  test.each([
    ['lib/http/fooBar.ts', ''],
    ['lib/http/utils.ts', ''],
    ['lib/http/helpers/a.ts', ''],
    ['lib/http/types.ts', ''],
    ['lib/http/index.ts', ''],
    ['lib/http/a.ts', "export * from '#lib/http/b.ts';"],
    ['lib/http/a.ts', "export { b } from '#lib/http/b.ts';"],
    ['lib/http/a.ts', 'export const a: any = 1;'],
    ['lib/http/a.ts', '// @ts-ignore\nexport const a = 1;'],
    ['lib/http/a.ts', 'export const a = process.env.HOME;'],
    ['lib/http/a.ts', "export const a = process['env'].HOME;"],
    ['lib/http/a.ts', 'export const a = globalThis.process.env.HOME;'],
    ['lib/http/a.ts', "import { env } from 'node:process';"],
    ['lib/http/a.test.ts', "test.only('a', () => {});"],
    ['lib/http/a.test.ts', "describe.skip('a', () => {});"],
    ['lib/http/a.test.ts', "it.concurrent.skip('a', () => {});"],
  ])('%s: %j', (path, text) => {
    expect(styleProblemsOf(path, text)).toHaveLength(1);
  });
});

test.each([
  ['lib/http/a.ts', 400],
  ['lib/http/a.test.ts', 600],
  ['app/page.tsx', 80],
  ['app/api/[...path]/route.ts', 20],
])('%s may have %i lines and not one more', (path, ceiling) => {
  expect(styleProblemsOf(path, '\n'.repeat(ceiling))).toEqual([]);
  expect(styleProblemsOf(path, '\n'.repeat(ceiling + 1))).toHaveLength(1);
});

test('style allows what only looks alike', () => {
  expect(styleProblemsOf('lib/config.ts', 'export const a = process.env.HOME;')).toEqual([]);
  expect(styleProblemsOf('lib/http/a.ts', "// any @ts-note\nexport const a = 'process.env'; list.skip(1);")).toEqual([]);
  expect(styleProblemsOf('lib/engine/types/uuid.ts', '')).toEqual([]);
  expect(styleProblemsOf('app/projects/[ref]/page.tsx', '')).toEqual([]);
});

test('a heavy median, a heavy tail and script sprawl are refused', () => {
  const files = (...lines: number[]): Source[] => lines.map((count, i) => parseSource(`lib/http/a${i}.ts`, '\n'.repeat(count)));
  expect(sizeProblems(files(10, 81, 82))).toHaveLength(1);
  expect(sizeProblems(files(10, 10, 260))).toHaveLength(1);
  expect(sizeProblems(files(10, 80, 250))).toEqual([]);
  expect(scriptProblems(Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`s${i}`, 'true'])))).toHaveLength(1);
});
