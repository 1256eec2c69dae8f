/** Keys and tokens → who calls. */

import { createHash, createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { requireCaller, requireKeyHolder } from '#lib/api/resolve-caller.ts';
import { fromFetch } from '#lib/http/fetch-exchange.ts';
import type { EnvironmentRecord, SigningKey } from '#lib/identity/environment.ts';
import { environmentSettingsSchema } from '#lib/identity/environment-settings.ts';
import { mintToken } from '#lib/identity/jwt.ts';

const nowSeconds = Math.floor(Date.now() / 1000);

afterEach(() => {
  vi.useRealTimers();
});

function hmacKey(): SigningKey {
  return { kid: 'h', algorithm: 'HS256', secret: randomUUID() + randomUUID(), publicJwk: null, status: 'current' };
}

function environment(changes: Partial<EnvironmentRecord> = {}, requireApiKey = false): EnvironmentRecord {
  const hash = (key: string) => createHash('sha256').update(key).digest('hex');
  return {
    ref: 'shop',
    projectId: 'p',
    kind: 'production',
    status: 'active',
    file: '',
    objectsDirectory: '',
    settings: environmentSettingsSchema.parse({ api: { requireApiKey } }),
    apiKeys: new Map([
      [hash('sb_publishable_1'), 'anon'],
      [hash('sb_secret_1'), 'service_role'],
    ]),
    signingKeys: [hmacKey()],
    revision: randomUUID(),
    ...changes,
  };
}

const claims = { sub: 'u1', role: 'authenticated', exp: nowSeconds + 3600 };

function resolve(env: EnvironmentRecord, headers: Record<string, string>, query = '') {
  return requireCaller(env, fromFetch(new Request('http://h/', { headers })), query);
}

/** `[status, code]` of what is thrown. */
function refusal(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    const { status, code } = error as { status: number; code: string };
    return [status, code];
  }
  return 'let in';
}

const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function forge(header: object, payload: object | string, secret: string): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

test('opaque keys, in the header or the query, are the role they were made for', () => {
  const env = environment();
  expect(resolve(env, { apikey: 'sb_publishable_1' }).role).toBe('anon');
  expect(resolve(env, { apikey: 'sb_secret_1' }).role).toBe('service_role');
  expect(resolve(env, {}, 'select=*&apikey=sb_secret_1').role).toBe('service_role');
  expect(resolve(env, { authorization: 'Bearer sb_secret_1' }).role).toBe('service_role');
  expect(refusal(() => resolve(env, { apikey: 'sb_secret_2' }))).toEqual([401, 'invalid_api_key']);
  expect(refusal(() => resolve(env, { apikey: 'nonsense' }))).toEqual([401, 'invalid_api_key']);
  expect(refusal(() => resolve(env, { apikey: '' }))).toEqual([401, 'invalid_api_key']);
  expect(refusal(() => resolve(env, { authorization: 'Bearer sb_secret_2' }))).toEqual([401, 'invalid_api_key']);
});

test('without a key one is nobody in particular, unless a key is required', () => {
  expect(resolve(environment(), {})).toMatchObject({ role: 'anon', subject: null });
  expect(resolve(environment(), { authorization: 'Basic dTpw' }).role).toBe('anon');
  expect(refusal(() => resolve(environment({}, true), {}))).toEqual([401, 'no_api_key']);
  const key = hmacKey();
  const required = environment({ signingKeys: [key] }, true);
  expect(refusal(() => resolve(required, { authorization: `Bearer ${mintToken(claims, [key])}` }))).toEqual([401, 'no_api_key']);
});

test('the token decides before the key; a bearer equal to the key is the key', () => {
  const key = hmacKey();
  const env = environment({ signingKeys: [key] });
  const token = mintToken(claims, [key]);
  const caller = resolve(env, { apikey: 'sb_secret_1', authorization: `Bearer ${token}` });
  expect(caller).toMatchObject({ role: 'authenticated', subject: 'u1' });
  expect(JSON.parse(caller.claimsJson)).toMatchObject(claims);
  expect(resolve(env, { apikey: 'sb_secret_1', authorization: 'Bearer sb_secret_1' }).role).toBe('service_role');
  expect(resolve(env, { apikey: 'sb_publishable_1', authorization: `bearer  ${token} ` }).subject).toBe('u1');
  expect(refusal(() => resolve(env, { apikey: 'sb_wrong', authorization: `Bearer ${token}` }))).toEqual([401, 'invalid_api_key']);
});

test('legacy keys are tokens; a token without a role is anon', () => {
  const key = hmacKey();
  const env = environment({ signingKeys: [key] });
  expect(resolve(env, { apikey: mintToken({ role: 'service_role', exp: claims.exp }, [key]) }).role).toBe('service_role');
  expect(resolve(env, { authorization: `Bearer ${mintToken({ sub: 'u', exp: claims.exp }, [key])}` }).role).toBe('anon');
});

test('no algorithm, another one, or keys in the header are refused', () => {
  const key = hmacKey();
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = { ...pair.publicKey.export({ format: 'jwk' }) };
  const asymmetric: SigningKey = { kid: 'e', algorithm: 'ES256', secret: null, publicJwk, status: 'current' };
  const env = environment({ signingKeys: [key, asymmetric] });
  const secret = key.secret ?? '';
  const forged = [
    `${encode({ alg: 'none' })}.${encode(claims)}.`,
    `${encode({ alg: 'None', kid: 'h' })}.${encode(claims)}.`,
    `${encode({ alg: 'HS256', kid: 'h' })}.${encode(claims)}.`,
    forge({ alg: 'HS256', kid: 'e' }, claims, JSON.stringify(publicJwk)),
    forge({ alg: 'HS256', kid: 'e' }, claims, String(pair.publicKey.export({ format: 'pem', type: 'spki' }))),
    forge({ alg: 'HS256', kid: 'e' }, claims, secret),
    forge({ alg: 'HS256', kid: 'unknown' }, claims, secret),
    forge({ alg: 'HS512', kid: 'h' }, claims, secret),
    forge({ alg: 'HS256', jwk: { kty: 'oct', k: encode('mine') } }, claims, 'mine'),
    forge({ alg: 'HS256', jku: 'http://127.0.0.1/keys' }, claims, 'mine'),
    forge({ alg: 'HS256', kid: 'h' }, claims, ''),
  ];
  for (const token of forged) {
    expect(refusal(() => resolve(env, { authorization: `Bearer ${token}` }))).toEqual([401, 'PGRST301']);
    expect(refusal(() => resolve(env, { apikey: token }))).toEqual([401, 'PGRST301']);
  }
  expect(resolve(env, { authorization: `Bearer ${forge({ alg: 'HS256', kid: 'h' }, claims, secret)}` }).subject).toBe('u1');
});

test.each([
  ['expired', { ...claims, exp: nowSeconds - 120 }],
  ['expiring at a text', { ...claims, exp: 'never' }],
  ['expiring at a number written as text', { ...claims, exp: String(nowSeconds + 3600) }],
  ['expired before 1970', { ...claims, exp: -1 }],
  ['not valid yet', { ...claims, nbf: nowSeconds + 600 }],
  ['expiring at infinity', `{"sub":"u1","role":"authenticated","exp":1e999}`],
  ['not an object', '[]'],
  ['not JSON', '{'],
])('a token %s is refused', (_, payload) => {
  const key = hmacKey();
  const token = forge({ alg: 'HS256', kid: 'h' }, payload, key.secret ?? '');
  expect(refusal(() => resolve(environment({ signingKeys: [key] }), { authorization: `Bearer ${token}` }))).toEqual([
    401,
    expect.stringMatching(/^PGRST30[13]$/),
  ]);
});

test("keys and tokens of another environment are nobody's here, even after they were accepted there", () => {
  const [mine, theirs] = [hmacKey(), hmacKey()];
  const token = mintToken(claims, [theirs]);
  expect(resolve(environment({ signingKeys: [theirs] }), { authorization: `Bearer ${token}` }).subject).toBe('u1');
  expect(resolve(environment(), { apikey: 'sb_secret_1' }).role).toBe('service_role');
  const here = environment({ signingKeys: [mine], apiKeys: new Map() });
  expect(refusal(() => resolve(here, { authorization: `Bearer ${token}` }))).toEqual([401, 'PGRST301']);
  expect(refusal(() => resolve(here, { apikey: 'sb_secret_1' }))).toEqual([401, 'invalid_api_key']);
});

test('a remembered token is refused once its key is gone', () => {
  const key = hmacKey();
  const token = mintToken(claims, [key]);
  const before = environment({ signingKeys: [key] });
  expect(resolve(before, { authorization: `Bearer ${token}` }).subject).toBe('u1');
  expect(resolve(before, { authorization: `Bearer ${token}` }).subject).toBe('u1');
  expect(refusal(() => resolve({ ...before, signingKeys: [hmacKey()] }, { authorization: `Bearer ${token}` }))).toEqual([
    401,
    'PGRST301',
  ]);
});

test('a remembered token ends when it expires', () => {
  const key = hmacKey();
  const env = environment({ signingKeys: [key] });
  const headers = { authorization: `Bearer ${mintToken(claims, [key])}` };
  expect(resolve(env, headers).subject).toBe('u1');
  vi.useFakeTimers({ toFake: ['Date'], now: (claims.exp + 120) * 1000 });
  expect(refusal(() => resolve(env, headers))).toEqual([401, 'PGRST303']);
});

test('a refusal tells the scheme and not the token', () => {
  const token = `${encode({ alg: 'none' })}.${encode(claims)}.`;
  let headers: string[] = [];
  try {
    resolve(environment(), { authorization: `Bearer ${token}` });
  } catch (error) {
    headers = (error as { headers: string[] }).headers;
  }
  expect(headers[0]).toBe('WWW-Authenticate');
  expect(headers[1]).toMatch(/^Bearer error="invalid_token"/);
  expect(headers.join()).not.toContain(token);
});

test('for services that read the bearer themselves only the key counts', () => {
  const key = hmacKey();
  const hold = (headers: Record<string, string>, env = environment({ signingKeys: [key] })) =>
    requireKeyHolder(env, fromFetch(new Request('http://h/', { headers })), '');
  expect(hold({ apikey: 'sb_secret_1', authorization: 'Bearer rubbish' }).role).toBe('service_role');
  expect(hold({ authorization: `Bearer ${mintToken({ ...claims, role: 'service_role' }, [key])}` }).role).toBe('anon');
  expect(refusal(() => hold({}, environment({}, true)))).toEqual([401, 'no_api_key']);
});
