/**
 * `npm run bench`: this server against a bare `node:http` server, in one run, in turns.
 * Options: --json, --rounds=7, --slice-ms=1000, --connections=32, --pin (servers on processor 0, load on 1).
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startServer } from '../faults/start-server.ts';
import { createTestProject, runSql } from '../faults/test-project.ts';
import { account, schemaSql, toCases, toFullScan, toOpenReads, toSignIn, userId } from './cases.ts';
import { measureIsolation } from './isolation.ts';
import { generator } from './load.ts';
import { type Comparison, compare, type MeasureOptions, type Target } from './measure.ts';
import { toText } from './report.ts';
import { measureTokens } from './token-cost.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    pin: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    'slice-ms': { type: 'string', default: '1000' },
    connections: { type: 'string', default: '32' },
  },
});
const onServerCore = values.pin ? ['taskset', '-c', '0'] : [];
const onLoadCore = values.pin ? ['taskset', '-c', '1'] : [];

async function startBaseline(): Promise<Target & { stop(): void }> {
  const [command = '', ...args] = [...onServerCore, process.execPath, join(import.meta.dirname, 'baseline-server.ts')];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { url: String(line).trim(), pid: child.pid ?? 0, stop: () => child.kill() };
}

/** Answers alone prove nothing: the rows must be there. */
async function requireInserted(ref: string, insert: Comparison | undefined): Promise<void> {
  const [count] = z.array(z.object({ rows: z.number() })).parse(await runSql(server, ref, 'SELECT count(*) AS rows FROM events'));
  const answered = insert?.answered ?? 0;
  if (count === undefined || count.rows < answered)
    throw new Error(`${answered} inserts were answered, ${count?.rows} rows are there`);
}

/** Makes the account that the sign-in storm uses. Returns an access token with a session behind it. */
async function signUp(path: string, apikey: string): Promise<string> {
  const response = await fetch(`${server.url}${path}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey, 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}

const home = mkdtempSync(join(tmpdir(), 'koyalite-bench-'));
const baseline = await startBaseline();
const server = await startServer(home, { prefix: onServerCore });
try {
  const project = await createTestProject(server, 'bench', schemaSql, userId);
  const options: MeasureOptions & { token: string } = {
    baseline,
    koyalite: server,
    rounds: Number(values.rounds),
    sliceMs: Number(values['slice-ms']),
    connections: Number(values.connections),
    prefix: onLoadCore,
    token: server.token,
  };
  const cases = toCases(project.path, project.headers);
  const comparisons: Comparison[] = [];
  for (const bench of cases) {
    if (!values.json) process.stderr.write(`measuring ${bench.name} …\n`);
    comparisons.push(await compare(bench, options));
  }
  if (!values.json) process.stderr.write('measuring point reads beside a full scan …\n');
  await requireInserted(
    project.ref,
    comparisons.find((one) => one.name === 'insert'),
  );
  const isolation = await measureIsolation(cases[0]?.requests ?? [], toFullScan(project.path, project.headers), options);
  const { apikey = '', ...rest } = project.headers;
  const session = await signUp(project.path, apikey);
  if (!values.json) process.stderr.write('measuring point reads beside sign-ins …\n');
  const signIns = await measureIsolation(cases[0]?.requests ?? [], toSignIn(project.path, project.headers), options);
  if (!values.json) process.stderr.write('measuring what a token costs …\n');
  const tokens = await measureTokens(
    [
      { name: 'no token', requests: toOpenReads(project.path, {}) },
      // The same bytes to read, but nothing to check: what is left is the check itself.
      {
        name: 'headers of that size',
        requests: toOpenReads(project.path, { 'x-one': apikey, 'x-two': rest.authorization ?? '' }),
      },
      { name: 'key alone', requests: toOpenReads(project.path, { apikey }) },
      { name: 'key and token', requests: toOpenReads(project.path, { apikey, ...rest }) },
      {
        name: 'headers as a session’s',
        requests: toOpenReads(project.path, { 'x-one': apikey, 'x-two': `Bearer ${session}` }),
      },
      { name: 'key and session', requests: toOpenReads(project.path, { apikey, authorization: `Bearer ${session}` }) },
    ],
    options,
  );
  const { rounds, connections } = options;
  const machine = { cpus: availableParallelism(), node: process.versions.node, generator, connections, rounds };
  const report = { machine, comparisons, isolation, signIns, tokens };
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : `\n${toText(report)}`);
} finally {
  baseline.stop();
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}
