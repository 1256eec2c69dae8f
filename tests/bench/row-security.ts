/**
 * What row-level security costs, in process: the same reads of a table without and with an indexed policy, and of the latter
 * among 500 tables with 1,000 policies. By hand, on a quiet machine: `node tests/bench/row-security.ts`.
 */

import type { HttpRequest } from '#lib/http/exchange.ts';
import { openRestEnvironment, type RestEnvironment } from '../support/rest-environment.ts';
import { median } from './statistics.ts';

const sub = '00000000-0000-4000-8000-00000000000a';
const rounds = 7;
const readsPerRound = 20_000;

const schema = `
create table walled (id bigint primary key, owner uuid not null, body text);
create index walled_owner on walled (owner);
create policy own on walled for select to authenticated using (owner = auth.uid());
create table plain (id bigint primary key, owner uuid not null, body text);
create index plain_owner on plain (owner);
alter table plain disable row level security;
insert into walled select i, case when i % 50 = 0 then '${sub}' else '00000000-0000-4000-8000-00000000000b' end, 'body ' || i
  from generate_series(1, 5000) i;
insert into plain select * from walled;`;

const crowd = Array.from(
  { length: 498 },
  (_, i) => `create table t${i} (id bigint primary key, owner uuid);
    create policy a on t${i} using (owner = auth.uid());
    create policy b on t${i} for insert with check (owner = auth.uid());`,
).join('\n');

const cases = {
  'point read': (table: string) => Array.from({ length: 64 }, (_, i) => `/${table}?id=eq.${(i + 1) * 50}&select=id,body`),
  'list of 20': (table: string) => [`/${table}?owner=eq.${sub}&select=id,body&limit=20`],
};

function toRequest(environment: RestEnvironment, path: string): HttpRequest {
  const headers: Record<string, string> = { authorization: `Bearer ${environment.token({ sub, role: 'authenticated' })}` };
  return {
    method: 'GET',
    url: `/api/${environment.ref}/rest/v1${path}`,
    header: (name) => headers[name] ?? null,
    headers: () => headers,
    body: async () => new Uint8Array(),
    stream: () => null,
    remoteAddress: null,
    signal: new AbortController().signal,
  };
}

/** Microseconds per read. */
async function time(environment: RestEnvironment, paths: readonly string[]): Promise<number> {
  const requests = paths.map((path) => toRequest(environment, path));
  const read = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      const request = requests[i % requests.length];
      const answer = request === undefined ? null : environment.api.handle(request);
      // A promise would say that the read left the event loop: then something else is measured.
      if (answer === null || answer instanceof Promise || answer.status !== 200) throw new Error('not a read at once');
    }
  };
  // The first answers wait for the catalog.
  for (const request of requests) await environment.api.handle(request);
  await read(3000);
  const startedMs = performance.now();
  await read(readsPerRound);
  return ((performance.now() - startedMs) / readsPerRound) * 1000;
}

const small = await openRestEnvironment(schema);
const large = await openRestEnvironment(schema + crowd);
try {
  for (const [name, toPaths] of Object.entries(cases)) {
    const measured: { plain: number; walled: number; crowded: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      measured.push({
        plain: await time(small, toPaths('plain')),
        walled: await time(small, toPaths('walled')),
        crowded: await time(large, toPaths('walled')),
      });
    }
    const cost = median(measured.map(({ plain, walled }) => walled / plain));
    const crowding = median(measured.map(({ walled, crowded }) => crowded / walled));
    process.stdout.write(
      `${name.padEnd(12)} with a policy ×${cost.toFixed(3)}, among 500 tables and 1,000 policies ×${crowding.toFixed(3)}\n`,
    );
  }
} finally {
  await small.close();
  await large.close();
}
