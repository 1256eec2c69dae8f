/** A KoyaLite server of its own: a free port, an empty home, gone after use. */

import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { root } from './step.ts';

export interface RunningServer {
  url: string;
  /** An operator's access token, from the home's `server.json`. */
  token: string;
  home: string;
  stop(): Promise<void>;
}

const serverFileSchema = z.object({ url: z.string(), pid: z.number(), token: z.string() });

/** Starts `server.ts` as `npm start` does. Throws with the end of its log when it does not become ready. */
export async function startServer(readyTimeoutMs = 60_000): Promise<RunningServer> {
  const home = mkdtempSync(join(tmpdir(), 'koyalite-home-'));
  const logFile = join(home, 'server.log');
  const child = spawn(process.execPath, ['server.ts'], {
    cwd: root,
    env: { ...process.env, KOYALITE_HOME: home, PORT: '0', HOST: '127.0.0.1', NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile);
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
    if (server !== null && (await isReady(server.url))) return { url: server.url, token: server.token, home, stop };
    await delay(100);
  }
  const tail = readFileSync(logFile, 'utf8').split('\n').slice(-30).join('\n');
  await stop();
  throw new Error(`the server did not become ready. The end of its log:\n${tail}`);
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
