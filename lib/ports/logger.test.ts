/** Log lines as another process reads them: one JSON object each, without secrets. */

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const logger = JSON.stringify(new URL('./logger.ts', import.meta.url).href);

/** What a process that runs this code writes. */
function lines(level: string, code: string): Record<string, unknown>[] {
  const script = `const { createLogger } = await import(${logger}); const log = createLogger(${JSON.stringify(level)}); ${code}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test('level by name, time, message and fields', () => {
  expect(
    lines('info', `log.info({ ref: 'shop' }, 'hello'); log.debug({}, 'not me'); log.error({ err: new Error('bad') }, 'oh');`),
  ).toEqual([
    { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), ref: 'shop', msg: 'hello' },
    expect.objectContaining({ level: 'error', msg: 'oh', err: expect.objectContaining({ message: 'bad' }) }),
  ]);
});

test('X03 an event is one line of JSON, whatever is in its fields', () => {
  const hostile = `\r\n{"level":"fatal","msg":"forged"}\n\u001b[31m\u2028"},{"${'x'.repeat(100_000)}`;
  const code = `const hostile = '\\r\\n{"level":"fatal","msg":"forged"}\\n\\u001b[31m\\u2028"},{"' + 'x'.repeat(100_000);
    log.warn({ path: hostile, [hostile.slice(0, 60)]: 1, err: new Error(hostile) }, hostile);`;
  expect(lines('info', code)).toEqual([expect.objectContaining({ level: 'warn', msg: hostile, path: hostile })]);
});

test('silent writes nothing', () => {
  expect(lines('silent', `log.error({}, 'x');`)).toEqual([]);
});

test('X02 secrets are taken out, at the top, one and two levels down', () => {
  const names = [
    'authorization',
    'cookie',
    'apikey',
    'password',
    'token',
    'refresh_token',
    'access_token',
    'secret',
    'api_key',
    'nonce',
    'otp',
  ];
  const secrets = `Object.fromEntries(${JSON.stringify(names)}.map((name) => [name, 'SECRET-' + name]))`;
  const [entry] = lines(
    'info',
    `const all = ${secrets}; log.info({ ...all, headers: all, request: { headers: all, path: '/kept' } }, 'x');`,
  );
  expect(JSON.stringify(entry)).not.toContain('SECRET-');
  expect(entry).toMatchObject({
    password: '[redacted]',
    headers: { cookie: '[redacted]' },
    request: { path: '/kept', headers: { otp: '[redacted]' } },
  });
});
