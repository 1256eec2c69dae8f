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
import { schemaSql, toCases, toFullScan, userId } from './cases.ts';
import { measureIsolation } from './isolation.ts';
import { generator } from './load.ts';
import { type Comparison, compare, type MeasureOptions, type Target } from './measure.ts';
import { toText } from './report.ts';

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
  const { rounds, connections } = options;
  const machine = { cpus: availableParallelism(), node: process.versions.node, generator, connections, rounds };
  const report = { machine, comparisons, isolation };
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : `\n${toText(report)}`);
} finally {
  baseline.stop();
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}
