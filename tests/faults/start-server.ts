/** Starts the real server as a process of its own, on a home of its own, and speaks to its Platform API. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const addressSchema = z.object({ url: z.string(), pid: z.number(), token: z.string() });

export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** The operator's, from `server.json`. */
  readonly token: string;
  /** Platform API: the parsed answer; throws with the answer's text unless it is 2xx. */
  platform(method: string, path: string, body?: unknown): Promise<unknown>;
  /** SIGKILL, and gone when it resolves. */
  kill(): Promise<void>;
  /** SIGTERM, and gone when it resolves. */
  stop(): Promise<void>;
}

export interface StartOptions {
  env?: Partial<NodeJS.ProcessEnv>;
  /** Put before `node`: `['taskset', '-c', '0']`. */
  prefix?: readonly string[];
  /** What it writes to its standard output. */
  onOutput?: (text: string) => void;
}

/** The process alone: for a start that is expected to fail. */
export function spawnServer(home: string, options: StartOptions = {}): ChildProcess {
  const [command = process.execPath, ...args] = [...(options.prefix ?? []), process.execPath, 'server.ts'];
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    KOYALITE_HOME: home,
    PORT: '0',
    HOST: '127.0.0.1',
    KOYALITE_LOG_LEVEL: 'error',
    NODE_ENV: 'production',
    ...options.env,
  };
  const { onOutput } = options;
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', onOutput === undefined ? 'ignore' : 'pipe', 'pipe'] });
  if (onOutput !== undefined) child.stdout?.on('data', (chunk) => onOutput(String(chunk)));
  return child;
}

/** Resolves when the server says that it is ready; throws with what it wrote when it ends before. */
export async function startServer(home: string, options: StartOptions = {}): Promise<RunningServer> {
  const child = spawnServer(home, options);
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const exited = once(child, 'exit');
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The server ended before it was ready:\n${stderr}`);
    const address = findAddress(home);
    // A killed server leaves its address behind: only this process's own counts.
    if (address?.pid === child.pid && address !== null && (await isReady(address.url))) return toServer(child, address, exited);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function toServer(child: ChildProcess, address: z.infer<typeof addressSchema>, exited: Promise<unknown>): RunningServer {
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  return {
    ...address,
    platform: (method, path, body) => callPlatform(address, method, path, body),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

function findAddress(home: string): z.infer<typeof addressSchema> | null {
  try {
    return addressSchema.parse(JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')));
  } catch {
    return null;
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/health/ready`)).ok;
  } catch {
    return false;
  }
}

async function callPlatform(
  address: { url: string; token: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${address.url}/api/platform/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${address.token}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}
