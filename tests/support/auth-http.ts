/** Bare requests to the auth service, for what no honest client sends. */

import type { AuthEnvironment } from './auth-environment.ts';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

export interface Asking {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** Asks with the API version of today's clients; a body makes it a POST. */
export async function ask(
  environment: AuthEnvironment,
  path: string,
  { method, token, headers, body }: Asking = {},
): Promise<Answer> {
  const response = await environment.fetch(path.startsWith('http') ? path : `${environment.url}/auth/v1${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      'X-Supabase-Api-Version': '2024-01-01',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {}, headers: response.headers };
}

/** The newest mail's code, link and token to a recipient. */
export function newestMail(environment: AuthEnvironment, recipient: string): { code: string; link: string; hash: string } {
  const content = environment.mails(recipient)[0]?.text ?? '';
  const link = /https?:\/\/\S+\/auth\/v1\/verify\?\S+/.exec(content)?.[0] ?? '';
  return {
    code: /\b\d{6}\b/.exec(content)?.[0] ?? '',
    link,
    hash: link === '' ? '' : (new URL(link).searchParams.get('token') ?? ''),
  };
}

/** Signs a confirmed user in and returns what `/token` gave. */
export async function signIn(
  environment: AuthEnvironment,
  email = 'a@x.io',
  password = 'secret1',
): Promise<Record<string, string>> {
  await ask(environment, '/admin/users', { token: environment.serviceKey, body: { email, password, email_confirm: true } });
  const { body } = await ask(environment, '/token?grant_type=password', { body: { email, password } });
  return Object.fromEntries(Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
