/** Both planes in one process over a home of its own: calls of the Platform API, checked against its schemas, beside an app's. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { expect } from 'vitest';
import { z } from 'zod';
import { parseConfig } from '#lib/config.ts';
import { routes } from '#lib/control/platform-api/routes.ts';
import { createPlatform, type Platform } from '#lib/platform.ts';

export const ownerEmail = 'owner@example.com';
export const ownerPassword = 'correct horse battery';

export interface Answered {
  readonly status: number;
  readonly body: unknown;
  /** The body when it is an object, else empty. */
  readonly fields: Record<string, unknown>;
  readonly text: string;
  readonly headers: Headers;
}

export interface AskOptions {
  /** Null: nobody. Default: the owner's. */
  readonly token?: string | null;
  readonly cookie?: string;
  readonly body?: unknown;
}

export interface Management {
  readonly platform: Platform;
  readonly home: string;
  /** Acts as the platform's owner. */
  readonly token: string;
  /** A call below `/api/platform/v1`; a success must be what its schema says. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answered>;
  /** supabase-js of an environment, with its anon key. */
  app(ref: string): Promise<SupabaseClient>;
  close(): Promise<void>;
}

export async function startManagement(): Promise<Management> {
  const home = mkdtempSync(join(tmpdir(), 'koyalite-management-'));
  const platform = await createPlatform(parseConfig({ NODE_ENV: 'test', KOYALITE_HOME: home, KOYALITE_LOG_LEVEL: 'fatal' }));
  await platform.control.firstStart({ email: ownerEmail, password: ownerPassword, demo: false });
  const token = await platform.control.operators.renewLocalToken();

  async function ask(method: string, path: string, options: AskOptions = {}): Promise<Answered> {
    const headers = new Headers({ host: 'localhost:3000', origin: 'http://localhost:3000' });
    const bearer = options.token === undefined ? token : options.token;
    if (options.cookie !== undefined) headers.set('cookie', options.cookie);
    else if (bearer !== null) headers.set('authorization', `Bearer ${bearer}`);
    if (options.body !== undefined) headers.set('content-type', 'application/json');
    const body = options.body === undefined ? null : JSON.stringify(options.body);
    const response = await platform.handle(
      new Request(`http://localhost:3000/api/platform/v1${path}`, { method, headers, body, redirect: 'manual' }),
    );
    const text = await response.text();
    const parsed: unknown = text === '' ? null : JSON.parse(text);
    checkAnswer(method, path, response.status, parsed);
    const fields = z.record(z.string(), z.unknown()).safeParse(parsed).data ?? {};
    return { status: response.status, body: parsed, fields, text, headers: response.headers };
  }

  return {
    platform,
    home,
    token,
    ask,
    async app(ref) {
      const keys = await ask('GET', `/projects/${ref}/api-keys?reveal=true`);
      const schema = z.array(z.object({ name: z.string(), type: z.string(), api_key: z.string() }));
      const anon = schema.parse(keys.body).find((key) => key.type === 'legacy' && key.name === 'anon');
      return createClient(`http://localhost:3000/api/${ref}`, anon?.api_key ?? '', {
        auth: { persistSession: false, autoRefreshToken: false },
        global: { fetch: async (input, init) => platform.handle(new Request(input, init)) },
      });
    },
    async close() {
      await platform.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function checkAnswer(method: string, path: string, status: number, body: unknown): void {
  if (status >= 300) return;
  const [plain = ''] = path.split('?');
  const route = routes.find(
    (one) => one.method === method && new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  );
  expect(route, path).toBeDefined();
  expect(status).toBe(route?.status);
  expect(route?.response.safeParse(body).error, path).toBeUndefined();
}
