/** A throwaway user goes through an environment's sign-in flows, as an app would send them. */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { type PlatformApi, path } from '../platform-api.ts';

export interface TrialStep {
  step: string;
  ok: boolean;
  ms: number;
  note: string;
}

const keysSchema = z.array(z.looseObject({ name: z.string(), type: z.string(), api_key: z.string().nullable() }));
const sessionSchema = z.looseObject({ access_token: z.string(), refresh_token: z.string() });
const mailsSchema = z.array(z.looseObject({ template: z.string(), text: z.string().nullable() }));
const usersSchema = z.object({ users: z.array(z.looseObject({ id: z.string(), email: z.string().nullable() })) });

type Session = z.infer<typeof sessionSchema>;

/** Each step as it went; the ones after a failure are left out, the user is removed in any case. */
export async function runAuthTrial(api: PlatformApi, ref: string): Promise<TrialStep[]> {
  const keys = await api.call(`${path`/projects/${ref}/api-keys`}?reveal=true`, keysSchema);
  const key = keys.find((one) => one.type === 'legacy' && one.name === 'anon')?.api_key ?? null;
  if (key === null) throw new CliError('the anon key of the environment cannot be read', 'it takes the role developer');
  const email = `koyalite-trial-${randomUUID()}@example.com`;
  const password = `Trial-${randomUUID()}`;
  const steps: TrialStep[] = [];

  async function send(method: string, at: string, body: unknown, bearer = key): Promise<unknown> {
    const response = await fetch(`${api.server.url}/api/${encodeURIComponent(ref)}/auth/v1${at}`, {
      method,
      headers: { apikey: key ?? '', authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    const answer: unknown = text === '' ? null : JSON.parse(text);
    if (response.ok) return answer;
    const told = z.looseObject({ msg: z.string() }).safeParse(answer).data?.msg ?? 'no reason given';
    throw new CliError(`${response.status} ${told}`);
  }

  async function step<T>(name: string, work: () => Promise<T>, note: (result: T) => string = () => ''): Promise<T> {
    const startedMs = performance.now();
    const record = (ok: boolean, text: string) =>
      void steps.push({ step: name, ok, ms: Math.round(performance.now() - startedMs), note: text });
    try {
      const result = await work();
      record(true, note(result));
      return result;
    } catch (error) {
      record(false, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** The token of the newest mail's link. */
  async function readMail(template: string): Promise<string> {
    const mails = await api.call(`${path`/projects/${ref}/mails`}?${new URLSearchParams({ to: email })}`, mailsSchema);
    const token = /[?&]token(?:_hash)?=([\w-]+)/.exec(mails.find((mail) => mail.template === template)?.text ?? '')?.[1];
    if (token === undefined)
      throw new CliError(`no ${template} mail to read: it was sent out, or its content is not yours to see`);
    return token;
  }

  const signIn = async () => sessionSchema.parse(await send('POST', '/token?grant_type=password', { email, password }));

  try {
    const first = await step('sign up', () => send('POST', '/signup', { email, password }));
    if (!sessionSchema.safeParse(first).success) {
      await step('confirm by mail', async () =>
        send('POST', '/verify', { type: 'signup', token_hash: await readMail('confirmation') }),
      );
    }
    const session = await step('sign in', signIn);
    const next = await step('refresh', async () =>
      sessionSchema.parse(await send('POST', '/token?grant_type=refresh_token', { refresh_token: session.refresh_token })),
    );
    await step('read the user', () => readUser(next));
    await step('sign out', () => send('POST', '/logout', {}, next.access_token));
    await step('signed out is out', () => requireRefused(next));
    // Two mails to one address keep a pause between them.
    await sleep(1100);
    await step('ask for recovery', () => send('POST', '/recover', { email }));
    const recovered = await step('recover by mail', async () =>
      sessionSchema.parse(await send('POST', '/verify', { type: 'recovery', token_hash: await readMail('recovery') })),
    );
    await step('set a new password', () => send('PUT', '/user', { password: `New-${password}` }, recovered.access_token));
  } catch {
    // Recorded in the steps.
  } finally {
    await step('remove the user', removeUser).catch(() => undefined);
  }
  return steps;

  async function readUser({ access_token }: Session): Promise<unknown> {
    const response = await fetch(`${api.server.url}/api/${encodeURIComponent(ref)}/auth/v1/user`, {
      headers: { apikey: key ?? '', authorization: `Bearer ${access_token}` },
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new CliError(`${response.status}`);
    return answer;
  }

  async function requireRefused(session: Session): Promise<void> {
    const accepted = await readUser(session).then(
      () => true,
      () => false,
    );
    if (accepted) throw new CliError('the access token still reads the user');
  }

  async function removeUser(): Promise<void> {
    const query = new URLSearchParams({ search: email });
    const { users } = await api.call(`${path`/projects/${ref}/auth/users`}?${query}`, usersSchema);
    for (const user of users.filter((one) => one.email === email)) {
      await api.call(path`/projects/${ref}/auth/users/${user.id}`, z.unknown(), { method: 'DELETE' });
    }
  }
}
