/** Environments for REST cases: one file with the fixture, copied for each case that writes. */

import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi } from '#lib/api/handle.ts';
import { createLimits } from '#lib/api/limits.ts';
import { restRow } from '#lib/api/services.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import { fromFetch, toFetch } from '#lib/http/fetch-exchange.ts';
import type { EnvironmentRecord, SigningKey } from '#lib/identity/environment.ts';
import { environmentSettingsSchema } from '#lib/identity/environment-settings.ts';
import { mintToken } from '#lib/identity/jwt.ts';
import type { RestCase, Who } from './rest-case.ts';

export const fixture = readFileSync(join(import.meta.dirname, 'fixture.sql'), 'utf8');

/** What the cases expect of an environment beyond the defaults. */
export const restSettings = { schemas: ['public', 'shop'], txOverride: true, plan: true, maxRows: 100 };

export const users = { alice: '11111111-1111-4111-8111-111111111111', bob: '22222222-2222-4222-8222-222222222222' };

const key: SigningKey = { kid: 'k1', algorithm: 'HS256', secret: 's'.repeat(40), publicJwk: null, status: 'current' };
const claims: Readonly<Record<Exclude<Who, 'anon'>, Record<string, unknown>>> = {
  alice: { sub: users.alice, role: 'authenticated' },
  bob: { sub: users.bob, role: 'authenticated' },
  service: { role: 'service_role' },
  stranger: { role: 'astronaut' },
};

export interface RestEnvironments {
  /** A fresh copy of the fixture; answers requests whose URL is below `/rest/v1`. */
  fresh(): (request: Request) => Promise<Response>;
  token(who: Exclude<Who, 'anon'>): string;
  close(): Promise<void>;
}

export async function openRestEnvironments(): Promise<RestEnvironments> {
  const directory = mkdtempSync(join(tmpdir(), 'koyalite-rest-'));
  const template = join(directory, 'template.db');
  await makeTemplate(template);
  const engine = createEngine({});
  const records = new Map<string, EnvironmentRecord>();
  const api = createApi({
    directory: { find: (ref) => records.get(ref) ?? null },
    engine,
    services: { rest: restRow },
    limits: createLimits(),
    clientAddress: () => null,
    logger: { debug() {}, warn() {}, error: (fields) => console.error(fields) },
    externalUrl: () => 'http://localhost',
    domain: null,
    securityHeaders: [],
    serverTiming: false,
  });
  return {
    fresh() {
      const ref = `case-${records.size}`;
      const file = join(directory, `${ref}.db`);
      copyFileSync(template, file);
      records.set(ref, toRecord(ref, file));
      return async (request) => {
        const url = new URL(request.url);
        const inner = new Request(`http://localhost/api/${ref}${url.pathname}${url.search}`, request);
        const answer = await api.handle(fromFetch(inner));
        return answer === null ? new Response(null, { status: 404 }) : toFetch(answer);
      };
    },
    token: (who) => mintToken({ ...claims[who], exp: 4_000_000_000 }, [key]),
    async close() {
      await engine.shutdown();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Made by an engine of its own: once that has shut down, the file is whole without its write-ahead log. */
async function makeTemplate(file: string): Promise<void> {
  const engine = createEngine({});
  await engine.create('template', file);
  await engine.runSql(engine.open('template', file), fixture);
  await engine.shutdown();
}

function toRecord(ref: string, file: string): EnvironmentRecord {
  const settings = environmentSettingsSchema.parse({ api: restSettings, durability: 'fast' });
  return {
    ref,
    projectId: 'p1',
    kind: 'dev',
    status: 'active',
    file,
    objectsDirectory: '',
    settings,
    apiKeys: new Map(),
    signingKeys: [key],
    revision: ref,
  };
}

/** The request of a case, or of one line of its `after`. */
export function toRequest(base: string, line: string, item: RestCase, token: (who: Exclude<Who, 'anon'>) => string): Request {
  // A line of `after` carries its body behind the path; a request may have spaces in its path.
  const [, method = '', path = '', inline] = /^(\w+) (.+?)(?: ([[{].*))?$/s.exec(line) ?? [];
  const send = line === item.request ? item.send : inline;
  const headers = new Headers(line === item.request ? item.headers : {});
  if (item.as !== undefined && item.as !== 'anon') headers.set('authorization', `Bearer ${token(item.as)}`);
  if (send !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const body = send === undefined ? null : typeof send === 'string' ? send : JSON.stringify(send);
  return new Request(`${base}/rest/v1${path}`, { method, headers, body });
}
