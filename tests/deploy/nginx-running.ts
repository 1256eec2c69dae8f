/** The shipped NGINX configuration, run by a real NGINX as an unprivileged set-up in a temporary folder. */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../run/programs.ts';
import { root } from '../run/step.ts';

export interface RunningNginx {
  httpPort: number;
  httpsPort: number;
  stop(): Promise<void>;
}

const folder = join(root, 'deploy/nginx');

/** Only addresses and paths are replaced: every directive is the shipped one. Throws with NGINX's words when it refuses. */
export async function startNginx(upstreamPort: number): Promise<RunningNginx> {
  const nginx = findProgram('nginx');
  if (nginx === null) throw new Error('this suite needs nginx');
  const home = mkdtempSync(join(tmpdir(), 'koyalite-nginx-'));
  const httpPort = await freePort();
  const httpsPort = await freePort();
  makeCertificate(home);
  mkdirSync(join(home, 'temporary'));
  const upstream = readFileSync(join(folder, 'upstream.conf'), 'utf8').replace('127.0.0.1:3000', `127.0.0.1:${upstreamPort}`);
  const shipped = readFileSync(join(folder, 'koyalite.conf'), 'utf8')
    .replace('listen 80;', `listen 127.0.0.1:${httpPort};`)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${httpsPort} ssl;`)
    .replaceAll('/etc/koyalite/tls/', `${home}/`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${home}/temporary;`);
  const file = join(home, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log;
events { worker_connections 256; }
http { access_log off; ${paths.join(' ')}
${upstream}
${shipped}
}`,
  );
  const check = spawnSync(nginx, ['-t', '-e', `${home}/error.log`, '-c', file], { encoding: 'utf8' });
  if (check.status !== 0) {
    rmSync(home, { recursive: true, force: true });
    throw new Error(check.stderr);
  }
  const child = spawn(nginx, ['-e', `${home}/error.log`, '-c', file], { stdio: 'ignore' });
  const end = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let attempt = 0; attempt < 200 && !(await answers(httpPort)); attempt += 1) await delay(20);
  return {
    httpPort,
    httpsPort,
    async stop() {
      child.kill('SIGTERM');
      await end;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function makeCertificate(home: string): void {
  const names = ['-keyout', join(home, 'privkey.pem'), '-out', join(home, 'fullchain.pem'), '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names], { stdio: 'ignore' });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }).then(
    () => true,
    () => false,
  );
}
