/** An environment for auth tests: a real file, the real service behind a `fetch`, a clock to turn, and an outbox to read. */

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Database } from '#lib/engine/database.ts';
import { listMails, type Mail, type MailSeal } from '#lib/engine/queue/mails.ts';
import { queueMigrations } from '#lib/engine/queue/queue-tables.ts';
import type { HttpRequest } from '#lib/http/exchange.ts';
import { Problem } from '#lib/http/problem.ts';
import type { EnvironmentRecord, SigningKey } from '#lib/identity/environment.ts';
import { environmentSettingsSchema } from '#lib/identity/environment-settings.ts';
import { mintToken } from '#lib/identity/jwt.ts';
import { mailSealOf } from '#lib/identity/sealing.ts';
import { createBreachedPasswords } from '#lib/ports/breached-passwords.ts';
import { createCaptcha } from '#lib/ports/captcha.ts';
import { parseBounce } from '#lib/ports/resend.ts';
import { authService } from '#lib/services/auth/auth.ts';
import type { AuthRequest } from '#lib/services/auth/context.ts';
import { authMigrations } from '#lib/services/auth/schema.ts';

export interface AuthEnvironment {
  /** What `createClient(url, key)` takes; nothing listens there: give the client `fetch`. */
  readonly url: string;
  readonly anonKey: string;
  readonly serviceKey: string;
  readonly database: Database;
  readonly fetch: typeof fetch;
  readonly signingKeys: readonly SigningKey[];
  /** As the control plane would describe it now. */
  record(): EnvironmentRecord;
  /** What seals its mails. */
  readonly seal: MailSeal;
  /** The environment's own key. */
  readonly sealingKey: Uint8Array;
  /** Newest first. */
  mails(recipient?: string): Mail[];
  /** Moves the service's clock forward. */
  pass(seconds: number): void;
  now(): number;
  /** Replaces settings from here on. */
  set(settings: Record<string, unknown>): void;
  close(): Promise<void>;
}

export interface AuthEnvironmentOptions {
  readonly settings?: Record<string, unknown>;
  readonly signingKeys?: readonly SigningKey[];
  readonly ports?: Partial<AuthRequest['ports']>;
  readonly ref?: string;
  readonly clientAddress?: string | null;
  readonly runFunction?: AuthRequest['runFunction'];
}

/** Limits and pauses off: a test that wants one sets it. */
export const relaxed = {
  site_url: 'https://app.example.com',
  uri_allow_list: 'https://app.example.com/**',
  rate_limit_email_sent: 0,
  rate_limit_sms_sent: 0,
  rate_limit_anonymous_users: 0,
  rate_limit_token_refresh: 0,
  rate_limit_verify: 0,
  rate_limit_otp: 0,
  rate_limit_sign_up: 0,
  rate_limit_failed_passwords: 0,
  smtp_max_frequency: 0,
  sms_max_frequency: 0,
};

export function newHmacKey(kid = 'h1'): SigningKey {
  return { kid, algorithm: 'HS256', secret: randomBytes(32).toString('hex'), publicJwk: null, status: 'current' };
}

export async function openAuthEnvironment(options: AuthEnvironmentOptions = {}): Promise<AuthEnvironment> {
  const directory = mkdtempSync(join(tmpdir(), 'koyalite-auth-'));
  const ref = options.ref ?? `auth-${randomUUID().slice(0, 8)}`;
  const file = join(directory, 'data.db');
  const engine = createEngine({ migrations: [...queueMigrations, ...authMigrations] });
  await engine.create(ref, file);
  const database = engine.open(ref, file, { durability: 'fast' });
  const signingKeys = options.signingKeys ?? [newHmacKey()];
  const sealingKey = randomBytes(32);
  let offsetMs = 0;
  let settings: Record<string, unknown> = { ...relaxed, ...options.settings };
  let environment = toEnvironment(ref, file, settings, signingKeys);
  const now = () => Date.now() + offsetMs;
  const externalUrl = `http://${ref}.example.test`;
  const ports: AuthRequest['ports'] = {
    captcha: createCaptcha(refuseNetwork),
    breachedPasswords: createBreachedPasswords(refuseNetwork),
    parseBounce,
    mailDelivers: true,
    fetch: refuseNetwork,
    ...options.ports,
  };

  const answer = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const path = url.pathname.replace(/^\/auth\/v1/, '') + url.search;
    const response = await authService({
      request: await toHttpRequest(request, url),
      path,
      environment,
      database,
      ports,
      externalUrl,
      sealingKey,
      clientAddress: options.clientAddress === undefined ? '203.0.113.7' : options.clientAddress,
      now,
      ...(options.runFunction === undefined ? {} : { runFunction: options.runFunction }),
    });
    const headers = new Headers();
    for (let i = 0; i + 1 < response.headers.length; i += 2)
      headers.append(response.headers[i] ?? '', response.headers[i + 1] ?? '');
    return new Response(typeof response.body === 'string' ? response.body : null, { status: response.status, headers });
  };

  const key = (role: string) => mintToken({ iss: 'supabase', ref, role, iat: 1_700_000_000, exp: 4_000_000_000 }, signingKeys);
  return {
    url: externalUrl,
    anonKey: key('anon'),
    serviceKey: key('service_role'),
    database,
    signingKeys,
    record: () => environment,
    sealingKey,
    seal: mailSealOf(sealingKey),
    fetch: answer,
    mails: (recipient) =>
      database.read((connection) => listMails(connection, mailSealOf(sealingKey), recipient === undefined ? {} : { recipient })),
    pass: (seconds) => {
      offsetMs += seconds * 1000;
    },
    now,
    set: (changes) => {
      settings = { ...settings, ...changes };
      environment = toEnvironment(ref, file, settings, signingKeys);
    },
    async close() {
      await engine.shutdown();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function toEnvironment(
  ref: string,
  file: string,
  auth: Record<string, unknown>,
  signingKeys: readonly SigningKey[],
): EnvironmentRecord {
  return {
    ref,
    projectId: 'p1',
    kind: 'dev',
    status: 'active',
    file,
    objectsDirectory: '',
    settings: environmentSettingsSchema.parse({ auth }),
    apiKeys: new Map(),
    signingKeys,
    revision: randomUUID(),
  };
}

async function toHttpRequest(request: Request, url: URL): Promise<HttpRequest> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  return {
    method: request.method,
    url: url.pathname + url.search,
    header: (name) => request.headers.get(name),
    headers: () => Object.fromEntries(request.headers),
    body: async (limitBytes) => {
      if (bytes.length > limitBytes) throw new Problem({ status: 413, code: '413', message: 'Body too large' });
      return bytes;
    },
    stream: () => null,
    remoteAddress: null,
    signal: null,
  };
}

const refuseNetwork: typeof fetch = () => Promise.reject(new Error('Tests reach no network'));

/** The unmodified client, talking to the service in process. */
export function connect(target: AuthEnvironment, key: string, auth: object = {}): SupabaseClient {
  return createClient(target.url, key, {
    global: { fetch: target.fetch },
    auth: { autoRefreshToken: false, persistSession: false, ...auth },
  });
}
