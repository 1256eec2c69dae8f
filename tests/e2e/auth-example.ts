/** What the example page needs around it: a project with confirmations on, an OpenID provider, and somebody who reads the mail. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type APIRequestContext, request } from '@playwright/test';
import { z } from 'zod';
import { type OidcServer, oidcClient, startOidcServer } from '../support/oidc-server.ts';
import { getCredentials, toFreshProject } from './operator.ts';

export interface Example {
  /** Where the page is. */
  readonly url: string;
  readonly provider: OidcServer;
  /** The newest mail to the address that is newer than the ones already read: its link and its code. */
  readMail(recipient: string): Promise<{ link: string; code: string }>;
  /** Where another app's OpenID library finds the project. */
  readonly issuer: string;
  /** Registers another app; its id and secret. */
  addClient(redirectUri: string): Promise<{ id: string; secret: string }>;
  /** Changes the project's auth settings. */
  set(auth: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

export async function startExample(serverUrl: string): Promise<Example> {
  const { origin } = new URL(serverUrl);
  const operator = await request.newContext({ baseURL: origin, extraHTTPHeaders: { origin } });
  await platform(operator, 'POST', '/sign-in', getCredentials());
  const { name, ref } = toFreshProject('auth');
  await platform(operator, 'POST', '/projects', { name, ref });
  const keys = JSON.stringify(await platform(operator, 'GET', `/projects/${ref}/api-keys?reveal=true`));
  const key = /"(sb_publishable_[^"]+)"/.exec(keys)?.[1] ?? '';
  const provider = await startOidcServer(`${origin}/api/${ref}/auth/v1/callback`);
  const page = await servePage(`${origin}/api/${ref}`, key);
  const set = async (auth: Record<string, unknown>) => {
    await platform(operator, 'PATCH', `/projects/${ref}/settings`, { auth });
  };
  await set({
    site_url: page.url,
    mailer_autoconfirm: false,
    smtp_max_frequency: 0,
    passkeys_enabled: true,
    oauth_server_enabled: true,
    mfa_web_authn_enroll_enabled: true,
    mfa_web_authn_verify_enabled: true,
    custom_providers: [
      {
        provider_type: 'oidc',
        identifier: 'idp',
        name: 'Local provider',
        client_id: oidcClient.id,
        client_secret: oidcClient.secret,
        issuer: provider.issuer,
      },
    ],
  });
  const read = new Set<string>();
  return {
    url: page.url,
    provider,
    set,
    issuer: `${origin}/api/${ref}/auth/v1`,
    async addClient(redirectUri) {
      const body = { client_name: 'Planner', redirect_uris: [redirectUri] };
      const made = await platform(operator, 'POST', `/projects/${ref}/auth/oauth/clients`, body);
      const { client_id, client_secret } = z.object({ client_id: z.string(), client_secret: z.string() }).parse(made);
      return { id: client_id, secret: client_secret };
    },
    async readMail(recipient) {
      const path = `/projects/${ref}/mails?to=${encodeURIComponent(recipient)}&per_page=1`;
      for (const until = Date.now() + mailWaitMs; Date.now() < until; ) {
        const [mail] = z.array(mailSchema).parse(await platform(operator, 'GET', path));
        if (mail !== undefined && !read.has(mail.id)) {
          read.add(mail.id);
          return { link: /https?:\/\/\S+\/verify\?\S+/.exec(mail.text)?.[0] ?? '', code: /\b\d{6}\b/.exec(mail.text)?.[0] ?? '' };
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`No new mail to ${recipient}`);
    },
    async close() {
      page.process.kill();
      await provider.close();
      await platform(operator, 'DELETE', `/projects/${ref}`);
      await operator.dispose();
    },
  };
}

/** A bound, not a wait: a mail that is there is taken at once. */
const mailWaitMs = 30_000;
const mailSchema = z.object({ id: z.string(), text: z.string() });

async function platform(operator: APIRequestContext, method: string, path: string, data?: unknown): Promise<unknown> {
  const response = await operator.fetch(`/api/platform/v1${path}`, { method, ...(data === undefined ? {} : { data }) });
  const text = await response.text();
  if (!response.ok()) throw new Error(`${method} ${path}: ${response.status()} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** The example as its README starts it. */
async function servePage(projectUrl: string, key: string): Promise<{ url: string; process: ChildProcess }> {
  const script = join(import.meta.dirname, '../../examples/react-auth/serve.mjs');
  const child = spawn(process.execPath, [script, projectUrl, key, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(String(line).trim()));
    child.once('exit', () => reject(new Error('The example page did not start')));
  });
  return { url, process: child };
}
