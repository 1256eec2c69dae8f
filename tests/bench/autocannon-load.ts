/** The load generator for machines without wrk, as a process of its own: reads a load from a file, prints the result. */

import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';
import { z } from 'zod';

const load = z
  .object({
    url: z.string(),
    connections: z.number(),
    durationMs: z.number(),
    requests: z.array(
      z.object({
        method: z.enum(['GET', 'POST']),
        path: z.string(),
        headers: z.record(z.string(), z.string()),
        body: z.string().nullable(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));

const result = await autocannon({
  url: load.url,
  connections: load.connections,
  duration: load.durationMs / 1000,
  requests: load.requests.map(({ body, ...request }) => (body === null ? request : { ...request, body })),
});

process.stdout.write(
  `${JSON.stringify({
    requests: result.requests.total,
    errors: result.errors + result.non2xx,
    durationMs: result.duration * 1000,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  })}\n`,
);
