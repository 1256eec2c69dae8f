/** Drives a server with many connections from a process of its own: wrk where it is installed, else autocannon. */

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface LoadOptions {
  /** `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly requests: readonly LoadRequest[];
  readonly connections: number;
  readonly durationMs: number;
  /** Put before the command: `['taskset', '-c', '1']`. */
  readonly prefix?: readonly string[];
  /** Ends the load early. */
  readonly signal?: AbortSignal;
}

const resultSchema = z.object({
  requests: z.number(),
  /** Answers other than 2xx, and connections that failed. */
  errors: z.number(),
  durationMs: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
});

export type LoadResult = z.infer<typeof resultSchema>;

export const generator: 'wrk' | 'autocannon' = spawnSync('wrk', ['-v']).error ? 'autocannon' : 'wrk';

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const directory = mkdtempSync(join(tmpdir(), 'koyalite-load-'));
  try {
    const output = await run(directory, options);
    // wrk prints its own report first; ours is the last line.
    return resultSchema.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function run(directory: string, options: LoadOptions): Promise<string> {
  const [command = '', ...args] = [...(options.prefix ?? []), ...toCommand(directory, options)];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(options.signal && { signal: options.signal }),
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}

function toCommand(directory: string, options: LoadOptions): string[] {
  if (generator === 'autocannon') {
    const file = join(directory, 'load.json');
    const { url, requests, connections, durationMs } = options;
    writeFileSync(file, JSON.stringify({ url, requests, connections, durationMs }));
    return [process.execPath, join(import.meta.dirname, 'autocannon-load.ts'), file];
  }
  const file = join(directory, 'load.lua');
  writeFileSync(file, toLua(options.requests));
  return [
    'wrk',
    '-t1',
    `-c${options.connections}`,
    `-d${Math.max(1, Math.round(options.durationMs / 1000))}s`,
    '-s',
    file,
    options.url,
  ];
}

/** A script that walks through the requests, each formatted once, and reports in our shape. */
function toLua(requests: readonly LoadRequest[]): string {
  const entries = requests.map(({ method, path, headers, body }) => {
    const fields = Object.entries(headers).map(([name, value]) => `[${JSON.stringify(name)}]=${JSON.stringify(value)}`);
    return `wrk.format(${JSON.stringify(method)}, ${JSON.stringify(path)}, {${fields.join(',')}}, ${body === null ? 'nil' : JSON.stringify(body)})`;
  });
  return `
local requests, at = {}, 0
function init()
${entries.map((entry, index) => `  requests[${index + 1}] = ${entry}`).join('\n')}
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local e = summary.errors
  print(string.format('{"requests":%d,"errors":%d,"durationMs":%f,"p50Ms":%f,"p99Ms":%f}', summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, summary.duration / 1000,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
`;
}
