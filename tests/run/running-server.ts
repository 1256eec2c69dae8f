/** A KoyaLite server of its own: a free port, an empty home, gone after use. */

import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { root } from './step.ts';

export interface Operator {
  email: string;
  password: string;
}

export interface RunningServer {
  url: string;
  home: string;
  /** The first operator, as the first start told it. */
  operator: Operator;
  stop(): Promise<void>;
}

const serverFileSchema = z.object({ url: z.string() });

/** Starts `server.ts` as `npm start` does. Throws with the end of its log when it does not become ready. */
export async function startServer(readyTimeoutMs = 60_000): Promise<RunningServer> {
  const home = mkdtempSync(join(tmpdir(), 'koyalite-home-'));
  const logFile = join(home, 'server.log');
  const child = spawn(process.execPath, ['server.ts'], {
    cwd: root,
    env: { ...process.env, KOYALITE_HOME: home, PORT: '0', HOST: '127.0.0.1', NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  writeFileSync(logFile, '');
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  let ended = false;
  const end = new Promise<void>((resolve) => {
    child.once('exit', () => {
      ended = true;
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    if (!ended) child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await end;
    clearTimeout(forced);
    rmSync(home, { recursive: true, force: true });
  };
  const deadline = Date.now() + readyTimeoutMs;
  while (!ended && Date.now() < deadline) {
    const server = readServerFile(join(home, 'server.json'));
    const operator = findOperator(readFileSync(logFile, 'utf8'));
    if (server !== null && operator !== null && (await isReady(server.url))) return { url: server.url, home, operator, stop };
    await delay(100);
  }
  const tail = readFileSync(logFile, 'utf8').split('\n').slice(-30).join('\n');
  await stop();
  throw new Error(`the server did not become ready or did not tell its first operator. The end of its log:\n${tail}`);
}

/** The password is told once, on the first start, and kept nowhere else. Null while the log does not hold it. */
export function findOperator(log: string): Operator | null {
  const email = log.match(/[\w.+-]+@koyalite\.local/)?.[0];
  const password = log.match(/\b[a-zA-Z0-9]{5}(?:-[a-zA-Z0-9]{5}){3}\b/)?.[0];
  return email === undefined || password === undefined ? null : { email, password };
}

function readServerFile(file: string): z.infer<typeof serverFileSchema> | null {
  if (!existsSync(file)) return null;
  try {
    return serverFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/api/health/ready`).then(
    (response) => response.ok,
    () => false,
  );
}
