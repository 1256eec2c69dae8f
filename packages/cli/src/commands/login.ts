/** `koyalite login`: email and password, a code when asked, for a personal token kept on this machine. */

import { hostname } from 'node:os';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliError, usageError } from '../cli-error.ts';
import { findServerUrl, type Variables } from '../config.ts';
import type { Context } from '../context.ts';
import { saveToken } from '../credentials.ts';

const problemSchema = z.looseObject({ code: z.string(), message: z.string() });

interface LoginOptions {
  url?: string;
  email?: string;
  scope: string;
  days: string;
}

export function addLogin(program: Command, bind: BindWithEnvironment): void {
  program
    .command('login')
    .description('sign in and keep a personal token on this machine')
    .option('--email <email>', 'otherwise it is asked')
    .option('--scope <scope>', 'read, write or admin', 'admin')
    .option('--days <n>', 'how long the token works', '30')
    .action(bind(login));
}

export type BindWithEnvironment = (
  action: (context: Context, env: Variables, options: LoginOptions) => Promise<void>,
) => (...all: [LoginOptions, Command]) => Promise<void>;

async function login({ output }: Context, env: Variables, options: LoginOptions): Promise<void> {
  const url = findServerUrl(options, env);
  const ask = async (question: string, hidden: boolean): Promise<string> => {
    const answer = await output.terminal.ask(question, hidden);
    if (answer === null) throw usageError('signing in needs someone to ask', 'in scripts use KOYALITE_TOKEN');
    return answer;
  };
  const email = options.email ?? (await ask('Email: ', false)).trim();
  const password = env.KOYALITE_PASSWORD ?? (await ask('Password: ', true));
  let signedIn = await send(url, '/sign-in', { email, password }, null);
  if (!signedIn.ok && signedIn.problem?.code === 'mfa_required') {
    const code = (await ask('Code of your authenticator app, or a recovery code: ', false)).trim();
    signedIn = await send(url, '/sign-in', { email, password, code }, null);
  }
  if (!signedIn.ok || signedIn.cookie === null) throw new CliError(signedIn.problem?.message ?? 'the server let nobody in');
  const wanted = {
    name: `koyalite on ${hostname()}`.slice(0, 80),
    scope: options.scope,
    expires_in: Math.round(Number(options.days) * 24 * 3600),
  };
  const made = await send(url, '/profile/tokens', wanted, signedIn.cookie);
  await send(url, '/sign-out', {}, signedIn.cookie);
  const token = z.object({ token: z.string() }).safeParse(made.body).data?.token;
  if (token === undefined) throw new CliError(made.problem?.message ?? 'the server gave no token');
  const file = saveToken(env, url, token);
  output.print({ url, email, file }, () => `signed in to ${url} as ${email}; the token is in ${file}`);
}

interface Sent {
  ok: boolean;
  body: unknown;
  problem: z.infer<typeof problemSchema> | null;
  cookie: string | null;
}

async function send(url: string, at: string, body: unknown, cookie: string | null): Promise<Sent> {
  // The address typed in is where the request comes from: what a browser would say of the server's own page.
  const headers: Record<string, string> = { 'content-type': 'application/json', origin: new URL(url).origin };
  if (cookie !== null) headers.cookie = cookie;
  let response: Response;
  try {
    response = await fetch(`${url}/api/platform/v1${at}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      redirect: 'error',
    });
  } catch {
    throw new CliError(`cannot reach ${url}`, 'is the server running?');
  }
  const text = await response.text();
  const parsed: unknown = text === '' ? null : JSON.parse(text);
  const problem = problemSchema.safeParse(parsed).data ?? null;
  return { ok: response.ok, body: parsed, problem, cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? null };
}
