/**
 * Case Q01 by another's tool: sqlmap at level 5, risk 3 against a running server. By hand or nightly, it takes minutes:
 * `node tests/security/sqlmap.ts`. Ends with 1 when sqlmap calls any parameter injectable, or could not do its work.
 */

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../faults/start-server.ts';
import { createTestProject } from '../faults/test-project.ts';
import { bringProgram } from '../run/programs.ts';

/** The star is where sqlmap puts its payloads. */
const targets: readonly { name: string; path: string; body?: string }[] = [
  { name: 'a filter value', path: '/notes?select=id&body=eq.alpha*' },
  { name: 'a number', path: '/notes?select=id&id=eq.1*' },
  { name: 'a list', path: '/notes?select=id&id=in.(1*)' },
  { name: 'a tree', path: '/notes?select=id&or=(id.eq.1*,body.eq.x)' },
  { name: 'the select', path: '/notes?select=id*' },
  { name: 'the order', path: '/notes?select=id&order=id*' },
  // Of a limit sqlmap makes negative numbers, and takes the 416 for the end.
  { name: 'the offset', path: '/notes?select=id&offset=0*' },
  { name: 'a JSON path', path: '/notes?select=id&data->>k*=eq.1' },
  { name: 'an argument', path: '/rpc/find?word=alpha*' },
  { name: 'a body', path: '/notes', body: '{"id":1,"body":"alpha*"}' },
  { name: 'a sign-in', path: '/../../auth/v1/token?grant_type=password', body: '{"email":"a@example.com*","password":"x"}' },
];

const schema = `create table notes (id int primary key, body text, data jsonb); insert into notes values (1, 'alpha', '{"k": 1}'), (2, 'beta', null);
  create policy everything on notes using (true);
  create function find(word text) returns setof notes language sql stable as $$ select * from notes where body = word $$;`;

const sqlmap = bringProgram('sqlmap', 'sqlmap');
if (sqlmap === null) throw new Error('sqlmap is not installed: apt-get install sqlmap');
const only = process.argv.slice(2);
const home = mkdtempSync(join(tmpdir(), 'koyalite-sqlmap-'));
const server = await startServer(home);
let failures = 0;
try {
  const project = await createTestProject(server, 'target', schema, randomUUID());
  for (const target of targets.filter(({ name }) => only.length === 0 || only.includes(name))) {
    const startedMs = performance.now();
    const url = new URL(`${server.url}${project.path}/rest/v1${target.path}`).href;
    const headers = Object.entries(project.headers).map(([name, value]) => `${name}: ${value}`);
    const options = [
      '--batch',
      // Its own answers would leave out parameters that refuse what is no number, and most of the UNION tests.
      '--answers',
      'skip those kind=N,reduce the number=N',
      '--flush-session',
      '--level',
      '5',
      '--risk',
      '3',
      '--dbms',
      'sqlite',
      '--output-dir',
      join(home, 'sqlmap'),
      '--disable-coloring',
      '--ignore-code',
      '*',
      '--skip-waf',
      '--keep-alive',
    ];
    const body = target.body === undefined ? [] : ['--data', target.body];
    const result = spawnSync(sqlmap, ['-u', url, '--headers', headers.join('\n'), ...body, ...options], {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      timeout: 30 * 60_000,
    });
    // What merely "appears" on the way is settled by the last word.
    const injectable = /is vulnerable|identified the following injection point/.exec(result.stdout)?.[0];
    const finished = /all tested parameters do not appear to be injectable/.test(result.stdout);
    const verdict = injectable === undefined && finished ? 'nothing found' : (injectable ?? 'did not finish');
    if (verdict !== 'nothing found') failures += 1;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
    const answers = [...result.stdout.matchAll(/(\d{3}) \([^)]*\) - (\d+) times/g)]
      .map(([, status, times]) => `${times} × ${status}`)
      .join(', ');
    process.stdout.write(`${target.name.padEnd(16)} ${verdict} (${seconds} s; ${answers})\n`);
    if (verdict === 'did not finish') process.stdout.write(result.stdout.split('\n').slice(-15).join('\n'));
    if (injectable !== undefined)
      process.stdout.write(
        result.stdout
          .split('\n')
          .filter((line) => /injectable|vulnerable|Payload|Title/.test(line))
          .join('\n'),
      );
  }
} finally {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
