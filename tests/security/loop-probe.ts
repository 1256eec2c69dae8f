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
import { type LoopPlatform, openPlatform } from './loop-platform.ts';

const limitMs = 50;
const part = process.argv[2] ?? '';
const rounds = Number(process.argv[3] ?? 3);
const asked = hostileRequests().filter(({ name }) => name.includes(part));

const api = { bodyLimitBytes: 64 << 20, anonRequestsPerMinute: 0 };
type OwnEnvironment = Exclude<HostileRequest['environment'], 'platform' | 'project'>;
const schemas: Readonly<Record<OwnEnvironment, { schema: string; api: Readonly<Record<string, unknown>> }>> = {
  plain: { schema: plainSchema, api },
  guarded: { schema: guardedSchema, api: { ...api, preRequest: 'look' } },
  wide: { schema: manyTables, api },
};
const environments = new Map<OwnEnvironment, RestEnvironment>();
let whole: LoopPlatform | null = null;
for (const kind of new Set(asked.map(({ environment }) => environment))) {
  if (kind === 'platform' || kind === 'project') {
    whole ??= await openPlatform();
    continue;
  }
  const environment = await openRestEnvironment('', { api: schemas[kind].api });
  await environment.sql(schemas[kind].schema, { timeoutMs: 120_000 });
  environments.set(kind, environment);
}

const server = createServer({ maxHeaderSize: 131_072 }, (message, response) => {
  const ref = message.url?.split('/')[2];
  const owner = [...environments.values()].find((environment) => environment.ref === ref);
  const exchange = fromNode(message, response);
  const answer = owner?.api.handle(exchange) ?? whole?.platform.answer(exchange);
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

function getEnvironment({ environment }: HostileRequest): RestEnvironment {
  const opened = environment === 'platform' || environment === 'project' ? undefined : environments.get(environment);
  if (opened === undefined) throw new Error('not opened');
  return opened;
}

function addressOf(request: HostileRequest): { prefix: string; token: string } {
  const { environment } = request;
  if (environment === 'platform') return { prefix: '/api/platform/v1', token: whole?.token ?? '' };
  if (environment === 'project') return { prefix: `/api/${whole?.ref}`, token: whole?.key ?? '' };
  const { ref, token } = getEnvironment(request);
  return { prefix: `/api/${ref}/rest/v1`, token: token(request.as ?? serviceRole) };
}

async function measure(request: HostileRequest): Promise<{ worstMs: number; status: number; text: string }> {
  await order({ kind: 'make', name: request.name, ...addressOf(request) });
  if (request.sql !== undefined) await getEnvironment(request).sql(request.sql, { timeoutMs: 60_000 });
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
// Nothing else keeps the process while it waits for its children.
const waiting = setInterval(() => undefined, 1000);
await whole?.close();
clearInterval(waiting);
process.exitCode = over === 0 ? 0 : 1;
