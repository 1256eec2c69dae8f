/** An environment for tests of the data API: a real file, the real door behind a function call, and tokens for anyone. */

import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type Api, createApi } from '#lib/api/handle.ts';
import { createLimits } from '#lib/api/limits.ts';
import { restRow } from '#lib/api/services.ts';
import { type CachingConnection, createConnection } from '#lib/engine/connection.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine, RunSqlOptions, SqlResult } from '#lib/engine/engine.ts';
import { openFile } from '#lib/engine/open-file.ts';
import { executeScript } from '#lib/engine/sql/execute-script.ts';
import type { ScriptOptions } from '#lib/engine/sql/script.ts';
import { fromFetch, toFetch } from '#lib/http/fetch-exchange.ts';
import type { EnvironmentRecord, SigningKey } from '#lib/identity/environment.ts';
import { environmentSettingsSchema } from '#lib/identity/environment-settings.ts';
import { mintToken } from '#lib/identity/jwt.ts';

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; null when it is empty or no JSON. */
  readonly json: unknown;
}

export interface RestCall {
  /** Claims of the caller's token; null = no token at all. */
  readonly as?: Readonly<Record<string, unknown>> | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RestEnvironment {
  readonly ref: string;
  readonly engine: Engine;
  readonly database: Database;
  readonly api: Api;
  readonly environment: EnvironmentRecord;
  /** `path` below `/rest/v1`. */
  call(method: string, path: string, call?: RestCall): Promise<RestAnswer>;
  token(claims: Readonly<Record<string, unknown>>): string;
  /** KoyaLite SQL through the engine's child process, as the console runs it. */
  sql(text: string, options?: RunSqlOptions): Promise<SqlResult[]>;
  /** The same in this process: for suites that run thousands of scripts. */
  script(text: string, options?: ScriptOptions): SqlResult[];
  close(): Promise<void>;
}

export interface RestEnvironmentOptions {
  readonly api?: Readonly<Record<string, unknown>>;
  readonly ref?: string;
  readonly signingKeys?: readonly SigningKey[];
}

export const serviceRole = { role: 'service_role' } as const;

export async function openRestEnvironment(schema = '', options: RestEnvironmentOptions = {}): Promise<RestEnvironment> {
  const ref = options.ref ?? `rest-${randomUUID().slice(0, 8)}`;
  const engine = createEngine({});
  await engine.create(ref, ':memory:');
  const database = engine.open(ref, ':memory:', { durability: 'fast' });
  const key: SigningKey = {
    kid: 'k',
    algorithm: 'HS256',
    secret: randomUUID() + randomUUID(),
    publicJwk: null,
    status: 'current',
  };
  const environment: EnvironmentRecord = {
    ref,
    projectId: 'p',
    kind: 'production',
    status: 'active',
    file: ':memory:',
    objectsDirectory: '',
    settings: environmentSettingsSchema.parse({ api: options.api ?? {}, durability: 'fast' }),
    apiKeys: new Map(),
    signingKeys: options.signingKeys ?? [key],
    revision: '1',
  };
  const api = createApi({
    directory: { find: (name) => (name === ref ? environment : null) },
    engine,
    services: { rest: restRow },
    limits: createLimits(),
    clientAddress: () => null,
    logger: { warn: () => undefined, error: fail, debug: () => undefined },
    externalUrl: () => 'http://localhost',
    domain: null,
    securityHeaders: [],
    serverTiming: false,
  });
  const tokens = new Map<string, string>();
  const token = (claims: Readonly<Record<string, unknown>>) => {
    const text = JSON.stringify(claims);
    const known = tokens.get(text) ?? mintToken({ exp: 4_000_000_000, ...claims }, environment.signingKeys);
    tokens.set(text, known);
    return known;
  };
  const own = createConnection(openFile(database.file, { durability: 'fast' }));
  let changed = false;
  const opened: RestEnvironment = {
    ref,
    engine,
    database,
    api,
    environment,
    token,
    async call(method, path, call = {}) {
      // Another connection's schema changes are noticed once a tick.
      if (changed) await setImmediate();
      changed = false;
      return callApi(api, `http://localhost/api/${ref}/rest/v1${path}`, method, call, token);
    },
    sql: (text, sqlOptions) => engine.runSql(database, text, sqlOptions),
    script(text, scriptOptions) {
      changed = true;
      return inTransaction(own, () => executeScript(own, text, scriptOptions));
    },
    async close() {
      own.handle.close();
      await engine.shutdown();
    },
  };
  if (schema !== '') opened.script(schema);
  return opened;
}

/** An unexpected failure of ours is never part of a test. */
function fail(fields: Record<string, unknown>, message: string): void {
  throw fields.err ?? new Error(message);
}

async function callApi(
  api: Api,
  url: string,
  method: string,
  call: RestCall,
  token: (claims: Readonly<Record<string, unknown>>) => string,
): Promise<RestAnswer> {
  const headers = new Headers(call.headers);
  if (call.as !== undefined && call.as !== null) headers.set('authorization', `Bearer ${token(call.as)}`);
  const body = call.body === undefined ? null : typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
  if (body !== null && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const answer = await api.handle(fromFetch(new Request(url, { method, headers, body })));
  if (answer === null) throw new Error(`${url} addresses no environment`);
  const response = toFetch(answer);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parseJson(text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function inTransaction<T>(connection: CachingConnection, work: () => T): T {
  const { handle } = connection;
  handle.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    handle.exec('COMMIT');
    return result;
  } finally {
    if (handle.inTransaction) handle.exec('ROLLBACK');
  }
}
