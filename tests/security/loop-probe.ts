/**
 * The longest that one request holds the event loop: `node tests/security/loop-probe.ts [part of a name] [rounds]`. Runs by hand
 * and alone, because a busy machine counts too. It counts the CPU time of the server's thread between two ticks, of the worst of
 * several rounds; the requests come from another thread, through a socket.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { cpuTimeMs } from '#lib/engine/run/cpu-time.ts';
import { fromNode, toNode } from '#lib/http/node-exchange.ts';
import { openRestEnvironment, type RestEnvironment, serviceRole } from '../support/rest-environment.ts';
import { guardedSchema, type HostileRequest, hostileRequests, manyTables, plainSchema } from './loop-cases.ts';

const limitMs = 50;
const part = process.argv[2] ?? '';
const rounds = Number(process.argv[3] ?? 3);
const asked = hostileRequests().filter(({ name }) => name.includes(part));

const api = { bodyLimitBytes: 64 << 20, anonRequestsPerMinute: 0 };
const schemas: Readonly<Record<HostileRequest['environment'], { schema: string; api: Readonly<Record<string, unknown>> }>> = {
  plain: { schema: plainSchema, api },
  guarded: { schema: guardedSchema, api: { ...api, preRequest: 'look' } },
  wide: { schema: manyTables, api },
};
const environments = new Map<HostileRequest['environment'], RestEnvironment>();
for (const kind of new Set(asked.map(({ environment }) => environment))) {
  const environment = await openRestEnvironment('', { api: schemas[kind].api });
  await environment.sql(schemas[kind].schema, { timeoutMs: 120_000 });
  environments.set(kind, environment);
}

const server = createServer({ maxHeaderSize: 131_072 }, (message, response) => {
  const ref = message.url?.split('/')[2];
  const owner = [...environments.values()].find((environment) => environment.ref === ref);
  const answer = owner?.api.handle(fromNode(message, response));
  void Promise.resolve(answer).then(async (done) => (done == null ? response.destroy() : await toNode(done, message, response)));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = z.object({ port: z.number() }).parse(server.address());
const client = new Worker(new URL('./loop-client.ts', import.meta.url), { workerData: { port } });
const answerSchema = z.object({ kind: z.string(), status: z.number().optional(), text: z.string().optional() });

async function order(message: unknown) {
  const [reply] = await Promise.all([once(client, 'message'), client.postMessage(message)]);
  return answerSchema.parse(reply[0]);
}

/** CPU time between two ticks, the longest since it was last asked. */
const ticks = { lastMs: cpuTimeMs(), worstMs: 0, stopped: false };
function tick(): void {
  const nowMs = cpuTimeMs();
  ticks.worstMs = Math.max(ticks.worstMs, nowMs - ticks.lastMs);
  ticks.lastMs = nowMs;
  if (!ticks.stopped) setImmediate(tick);
}
tick();

async function measure(request: HostileRequest): Promise<{ worstMs: number; status: number; text: string }> {
  const environment = environments.get(request.environment);
  if (environment === undefined) throw new Error('not opened');
  await order({
    kind: 'make',
    name: request.name,
    prefix: `/api/${environment.ref}/rest/v1`,
    token: environment.token(serviceRole),
  });
  if (request.sql !== undefined) await environment.sql(request.sql, { timeoutMs: 60_000 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  ticks.worstMs = 0;
  const { status = 0, text = '' } = await order({ kind: 'send' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { worstMs: ticks.worstMs, status, text };
}

let over = 0;
for (const request of asked) {
  const results: Awaited<ReturnType<typeof measure>>[] = [];
  for (let round = 0; round < (request.sql === undefined ? rounds : 1); round += 1) results.push(await measure(request));
  const worstMs = Math.max(...results.map((result) => result.worstMs));
  const last = results.at(-1);
  if (worstMs > limitMs) over += 1;
  const failed = last === undefined || last.status >= 500 || last.status === 0 ? ` ${last?.text.slice(0, 120)}` : '';
  process.stdout.write(
    `${worstMs > limitMs ? 'OVER' : 'ok  '} ${worstMs.toFixed(1).padStart(7)} ms  ${last?.status} ${request.name}${failed}\n`,
  );
}
process.stdout.write(`${asked.length} requests, ${over} over ${limitMs} ms\n`);
ticks.stopped = true;
await client.terminate();
server.closeAllConnections();
server.close();
for (const environment of environments.values()) await environment.close();
process.exitCode = over === 0 ? 0 : 1;
