/**
 * A14 and A15: whether the time of an answer tells that an account exists. Runs by hand (`node tests/security/enumeration-timing.ts
 * [rounds] [part of a case's name]`) against a server of its own, because a clock proves nothing on a busy machine. Known and unknown addresses take turns;
 * the rank AUC is the chance that a guess by time is right: 0.5 tells nothing, the bar is 0.45 to 0.55. It is itself uncertain: ± is
 * twice its standard error, so that with fewer than 500 rounds an AUC beyond the bar may be chance.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash as hashBcrypt } from '@node-rs/bcrypt';
import { z } from 'zod';
import { startServer } from '../faults/start-server.ts';
import { createTestProject } from '../faults/test-project.ts';

const rounds = Number(process.argv[2] ?? 100);
const home = mkdtempSync(join(tmpdir(), 'koyalite-timing-'));
const server = await startServer(home);
try {
  const project = await createTestProject(server, 'Timing', 'select 1', '00000000-0000-4000-8000-000000000001');
  const unlimited = ['email_sent', 'verify', 'otp', 'sign_up', 'failed_passwords'].map((name) => [`rate_limit_${name}`, 0]);
  const auth = { ...Object.fromEntries(unlimited), smtp_max_frequency: 0, mailer_autoconfirm: false };
  await server.platform('PATCH', `/projects/${project.ref}/settings`, { auth });
  const keys = z
    .array(z.object({ name: z.string(), type: z.string(), api_key: z.string() }))
    .parse(await server.platform('GET', `/projects/${project.ref}/api-keys?reveal=true`));
  const service = keys.find(({ name, type }) => name === 'service_role' && type === 'legacy')?.api_key ?? '';
  const post = async (path: string, body: unknown, key = project.headers.apikey ?? '') => {
    const started = performance.now();
    const response = await fetch(`${server.url}${project.path}/auth/v1${path}`, {
      method: 'POST',
      headers: { apikey: key, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.text();
    return { ms: performance.now() - started, status: response.status };
  };
  for (const [email, extra] of [
    ['known@x.io', { password: 'secret1' }],
    ['imported@x.io', { password_hash: await hashBcrypt('secret1', 10) }],
    ['slow@x.io', { password_hash: await hashBcrypt('secret1', 12) }],
  ] as const)
    await post('/admin/users', { email, email_confirm: true, ...extra }, service);

  const cases: [string, string, (email: string) => Promise<{ ms: number; status: number }>][] = [
    ['sign-in, wrong password', 'known@x.io', (email) => post('/token?grant_type=password', { email, password: 'wrong pass' })],
    [
      'sign-in, imported bcrypt',
      'imported@x.io',
      (email) => post('/token?grant_type=password', { email, password: 'wrong pass' }),
    ],
    ['sign-in, bcrypt of cost 12', 'slow@x.io', (email) => post('/token?grant_type=password', { email, password: 'wrong pass' })],
    ['recover', 'known@x.io', (email) => post('/recover', { email })],
    ['otp', 'known@x.io', (email) => post('/otp', { email, create_user: true })],
    ['resend', 'known@x.io', (email) => post('/resend', { email, type: 'signup' })],
    ['sign-up', 'known@x.io', (email) => post('/signup', { email, password: 'secret1' })],
  ];
  for (const [name, known, run] of cases) {
    if (!name.includes(process.argv[3] ?? '')) continue;
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    const statuses = new Set<string>();
    for (let round = -5; round < rounds; round++) {
      for (const kind of round % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
        const { ms, status } = await run(kind === 'known' ? known : `nobody${round}@x.io`);
        if (round < 0) continue;
        times[kind].push(ms);
        statuses.add(`${kind} ${status}`);
      }
    }
    const median = (list: number[]) => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0;
    const difference = median(times.known) - median(times.unknown);
    process.stdout.write(
      `${name.padEnd(28)} AUC ${toAuc(times.known, times.unknown).toFixed(3)} ± ${(2 * Math.sqrt((2 * rounds + 1) / (12 * rounds * rounds))).toFixed(3)}  median ${median(times.unknown).toFixed(1)} ms, difference ${difference.toFixed(2)} ms  ${[...statuses].join(', ')}\n`,
    );
  }
} finally {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}

/** How often one of the first is larger than one of the second; ties count half. */
function toAuc(first: readonly number[], second: readonly number[]): number {
  let wins = 0;
  for (const a of first) for (const b of second) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (first.length * second.length);
}
