/** `bootstrap.mjs` in a tree of its own, with a recorder in the place of npm and of Next. */

import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
let tree: string;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}

const recorder = (file: string): string => `
  const fs = require('node:fs');
  fs.appendFileSync(${JSON.stringify(join(tree, file))}, process.argv.slice(2).join(' ') + '\\n');
  fs.mkdirSync(${JSON.stringify(join(tree, 'node_modules'))}, { recursive: true });
  fs.mkdirSync(${JSON.stringify(join(tree, '.next'))}, { recursive: true });
  process.exit(Number(process.env.RECORDER_EXIT || 0));
`;

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'koyalite-bootstrap-'));
  cpSync(join(root, 'bootstrap.mjs'), join(tree, 'bootstrap.mjs'));
  write('package.json', '{"type":"module"}');
  write('package-lock.json', '{}');
  write('fake/npm-cli.cjs', recorder('npm.log'));
  write('node_modules/next/dist/bin/package.json', '{"type":"commonjs"}');
  write('node_modules/next/dist/bin/next', recorder('next.log'));
});

afterEach(() => rmSync(tree, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

interface Run {
  child: ChildProcess;
  printed(text: string): Promise<void>;
  end: Promise<Ended>;
}

function bootstrap(args: string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ['bootstrap.mjs', ...args], {
    cwd: tree,
    env: { ...process.env, npm_execpath: join(tree, 'fake/npm-cli.cjs'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended: Ended = { code: null, out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    ended.out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    ended.err += chunk;
  });
  const end = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ ...ended, code })));
  const printed = (text: string): Promise<void> =>
    new Promise((resolve) => child.stdout.on('data', () => ended.out.includes(text) && resolve()));
  return { child, printed, end };
}

const linesOf = (path: string): string[] =>
  existsSync(join(tree, path)) ? readFileSync(join(tree, path), 'utf8').trim().split('\n') : [];

test('start runs the server with its arguments and ends as it ends', async () => {
  write('server.ts', 'const code: number = 7; console.log(process.argv.slice(2).join()); process.exit(code);');
  expect(await bootstrap(['start', '--a', 'b']).end).toMatchObject({ code: 7, out: '--a,b\n' });
});

test('a signal reaches the server, which decides how to end', async () => {
  write('server.ts', "process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('up');");
  const run = bootstrap(['start']);
  await run.printed('up');
  run.child.kill('SIGTERM');
  expect((await run.end).code).toBe(9);
});

test('dependencies are installed once for each lock file, without rewriting it', async () => {
  write('server.ts', '');
  await bootstrap(['start']).end;
  await bootstrap(['start']).end;
  expect(linesOf('npm.log')).toHaveLength(1);
  expect(linesOf('npm.log')[0]).toMatch(/^install .*--no-save/);
  write('package-lock.json', '{"changed":true}');
  await bootstrap(['start']).end;
  expect(linesOf('npm.log')).toHaveLength(2);
});

test('a package that belongs beside a workspace is put back when it is gone', async () => {
  write('server.ts', '');
  write('package-lock.json', '{"packages":{"packages/a/node_modules/b":{},"packages/a/node_modules/c":{"optional":true}}}');
  write('packages/a/node_modules/b/package.json', '{}');
  await bootstrap(['start']).end;
  await bootstrap(['start']).end;
  expect(linesOf('npm.log')).toHaveLength(1);
  rmSync(join(tree, 'packages'), { recursive: true });
  await bootstrap(['start']).end;
  expect(linesOf('npm.log')).toHaveLength(2);
});

test('a failed install stops the start and is tried again', async () => {
  write('server.ts', "console.log('up')");
  const ended = await bootstrap(['start'], { RECORDER_EXIT: '1' }).end;
  expect(ended).toMatchObject({ code: 1, out: '' });
  expect(ended.err).toContain('npm install failed');
  expect(await bootstrap(['start']).end).toMatchObject({ code: 0, out: 'up\n' });
});

test('the dashboard is built when what it is made of changed, and only then', async () => {
  write('server.ts', '');
  write('app/page.tsx', 'one');
  write('lib/engine/a.ts', 'one');
  await bootstrap(['start']).end;
  await bootstrap(['start']).end;
  write('lib/engine/a.ts', 'two, longer');
  await bootstrap(['start']).end;
  expect(linesOf('next.log')).toEqual(['build']);
  write('app/page.tsx', 'two, longer');
  await bootstrap(['start']).end;
  write('components/button.tsx', 'new');
  await bootstrap(['build']).end;
  expect(linesOf('next.log')).toEqual(['build', 'build', 'build']);
});

test('a failed build stops the start and is tried again', async () => {
  write('server.ts', "console.log('up')");
  await bootstrap(['start']).end;
  write('app/page.tsx', 'one');
  expect(await bootstrap(['start'], { RECORDER_EXIT: '1' }).end).toMatchObject({ code: 1, out: '' });
  expect(await bootstrap(['start']).end).toMatchObject({ code: 0, out: 'up\n' });
});

test('development mode restarts the server when lib changes', async () => {
  write('lib/value.ts', "export const value = 'one';");
  write(
    'server.ts',
    "import { value } from './lib/value.ts'; console.log(value, process.env.NODE_ENV); setInterval(() => {}, 1000);",
  );
  const run = bootstrap(['dev'], { NODE_ENV: '' });
  await run.printed('one development');
  const again = run.printed('two development');
  write('lib/value.ts', "export const value = 'two';");
  await again;
  run.child.kill('SIGTERM');
  await run.end;
});

test.each([['nonsense'], ['toString'], []])('anything else is answered with the usage: %j', async (...args) => {
  const ended = await bootstrap(args.filter((one) => typeof one === 'string')).end;
  expect(ended.code).toBe(1);
  expect(ended.err).toContain('start|dev|test|bench');
});
