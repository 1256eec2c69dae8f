/** The Node process: the data plane first, then the dashboard's pages. */

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isAmbiguous } from '#lib/http/ambiguous-request.ts';
import { fromNode, toNode } from '#lib/http/node-exchange.ts';
import { pageSecurityHeaders } from '#lib/http/security-headers.ts';
import { getPlatform, type Platform } from '#lib/platform.ts';

type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const drainTimeoutMs = 10_000;

async function main(): Promise<void> {
  const platform = await getPlatform();
  const { config, control, logger } = platform;
  let prepared: Promise<PageHandler> | null = null;
  // Next is a third of the memory of an idle server: one that only serves APIs never loads it.
  const pages = () => {
    prepared ??= preparePages(platform);
    return prepared;
  };
  if (config.development) void pages();
  let draining = false;
  const server = createServer({ maxHeaderSize: 131_072, keepAliveTimeout: 65_000 }, (message, response) => {
    // A client that keeps its connection would keep the server from ending.
    if (draining) response.shouldKeepAlive = false;
    if (isAmbiguous(message)) {
      response.writeHead(400, { Connection: 'close', 'Content-Length': '0' }).end();
      return;
    }
    const answer = platform.answer(fromNode(message, response));
    const fail = (error: unknown) => failPage(platform, response, error);
    if (answer === null) {
      void pages()
        .then((handle) => handle(message, response))
        .catch(fail);
    } else if (answer instanceof Promise) {
      void answer.then((ready) => toNode(ready, message, response)).catch(fail);
    } else void toNode(answer, message, response).catch(fail);
  });
  await listen(server, config.port, config.host);
  const url = addressOf(server, config.host);
  platform.listensOn(url);
  const first = await control.firstStart();
  await writeAddress(platform, url);
  giveMemoryBack();
  announce(url, first);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      draining = true;
      void stop(platform, server);
    });
  }
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'unhandled rejection'));
}

/** Starting leaves several times the garbage that serving does, and V8 keeps its room for good: this takes it back once. */
function giveMemoryBack(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect({ type: 'major', flavor: 'last-resort', execution: 'sync' });
  setFlagsFromString('--no-expose-gc');
}

async function preparePages({ config, logger }: Platform): Promise<PageHandler> {
  const headers = config.development
    ? new Map<string, string>()
    : pageSecurityHeaders(await readPages(), config.publicUrl?.startsWith('https:') ?? false);
  const { default: next } = await import('next');
  const app = next({ dev: config.development, dir: import.meta.dirname, customServer: true });
  try {
    await app.prepare();
  } catch (error) {
    logger.error({ err: error }, 'the dashboard could not be loaded; the APIs work without it');
    return async (_request, response) => {
      response.writeHead(503, { 'Content-Type': 'text/plain' }).end('The dashboard is not built. Run `npm run build`.\n');
    };
  }
  const handle = app.getRequestHandler();
  return (request, response) => {
    // What a proxy or a client may not say to Next about its own routing.
    for (const name of Object.keys(request.headers))
      if (/^x-(middleware|nextjs|invoke|matched)-/.test(name)) delete request.headers[name];
    for (const [name, value] of headers) response.setHeader(name, value);
    return handle(request, response);
  };
}

/** The prerendered pages of the build, for the scripts they hold. */
async function readPages(): Promise<string[]> {
  const folder = join(import.meta.dirname, '.next/server/app');
  const pages: string[] = [];
  for await (const file of glob('**/*.html', { cwd: folder })) pages.push(await readFile(join(folder, file), 'utf8'));
  return pages;
}

function failPage({ logger }: Platform, response: ServerResponse, error: unknown): void {
  logger.error({ err: error }, 'a request failed outside its handler');
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { 'Content-Type': 'text/plain' }).end('Something went wrong.\n');
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

function addressOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/** Where the CLI finds this server, readable by its owner only. */
async function writeAddress({ config, control }: Platform, url: string): Promise<void> {
  mkdirSync(config.home, { recursive: true, mode: 0o700 });
  const content = JSON.stringify({ url, pid: process.pid, token: await control.operators.renewLocalToken() });
  // Written beside it and moved: a reader never finds half of it, nor a file that was left there for others to read.
  const [file, draft] = [join(config.home, 'server.json'), join(config.home, `server.json.${process.pid}`)];
  rmSync(draft, { force: true });
  writeFileSync(draft, `${content}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(draft, file);
}

function announce(url: string, first: Awaited<ReturnType<Platform['control']['firstStart']>>): void {
  const lines = ['', `  KoyaLite is running.`, '', `  Dashboard   ${url}`];
  if (first.operator !== undefined) {
    const { email, password } = first.operator;
    lines.push(
      `  Sign in     ${email}`,
      `  Password    ${password === null ? '(as configured)' : `${password}   (shown once: keep it)`}`,
    );
  }
  if (first.demo !== undefined) {
    lines.push('', `  API         ${url}/api/${first.demo.ref}`);
    for (const key of first.demo.keys)
      lines.push(`  ${(key.type === 'legacy' ? key.name : key.type).padEnd(11)} ${key.key ?? ''}`);
  }
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

/** Answers what is under way, then closes every file. */
async function stop(platform: Platform, server: Server): Promise<void> {
  // Also what keeps the process until it has stopped: waiting for a timer that does not count would end it halfway, as if done.
  setTimeout(() => process.exit(1), drainTimeoutMs);
  const closed = new Promise((resolve) => server.close(resolve));
  const closing = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearInterval(closing);
  await platform.close();
  rmSync(join(platform.config.home, 'server.json'), { force: true });
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`koyalite: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
