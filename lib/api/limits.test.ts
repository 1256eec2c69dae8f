import { expect, test } from 'vitest';
import { createLimits, type LimitedRequest } from '#lib/api/limits.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import { environmentSettingsSchema } from '#lib/identity/environment-settings.ts';

function toEnvironment(api: Record<string, unknown>): EnvironmentRecord {
  return {
    ref: 'shop',
    projectId: 'p',
    kind: 'production',
    status: 'active',
    file: ':memory:',
    objectsDirectory: '',
    settings: environmentSettingsSchema.parse({ api }),
    apiKeys: new Map(),
    signingKeys: [],
    revision: '1',
  };
}

function toRequest(environment: EnvironmentRecord, rest: Partial<LimitedRequest> = {}): LimitedRequest {
  return {
    environment,
    address: { service: 'rest', path: '/notes' },
    method: 'GET',
    clientAddress: '192.0.2.1',
    subject: null,
    ...rest,
  };
}

test('without limits nothing is counted', () => {
  expect(createLimits().take('arrival', toRequest(toEnvironment({})))).toBeNull();
});

test('an address is refused beyond its requests, with the time to wait', async () => {
  const limits = createLimits();
  const environment = toEnvironment({ requestsPerMinute: 2 });
  await limits.take('arrival', toRequest(environment));
  await limits.take('arrival', toRequest(environment, { address: { service: 'auth', path: '/token' } }));
  await expect(limits.take('arrival', toRequest(environment))).rejects.toMatchObject({
    status: 429,
    headers: ['Retry-After', expect.any(String)],
  });
  await expect(limits.take('arrival', toRequest(environment, { clientAddress: '192.0.2.2' }))).resolves.toBeUndefined();
});

test('an IPv6 subscriber is one client, whatever address of the /64 is used (L02)', async () => {
  const limits = createLimits();
  const environment = toEnvironment({ requestsPerMinute: 1 });
  await limits.take('arrival', toRequest(environment, { clientAddress: '2001:db8:1:2::1' }));
  await expect(limits.take('arrival', toRequest(environment, { clientAddress: '2001:db8:1:2:ffff::9' }))).rejects.toMatchObject({
    status: 429,
  });
  await expect(limits.take('arrival', toRequest(environment, { clientAddress: '2001:db8:1:3::1' }))).resolves.toBeUndefined();
});

test.each(['/Notes', '//notes', '/notes/', '/%6eotes'])(
  'a route is the same however its path is spelled: %s (L02)',
  async (path) => {
    const limits = createLimits();
    const environment = toEnvironment({ rateLimits: [{ service: 'rest', per: 'route', requests: 1 }] });
    await limits.take('arrival', toRequest(environment));
    await expect(limits.take('arrival', toRequest(environment, { address: { service: 'rest', path } }))).rejects.toMatchObject({
      status: 429,
    });
    await expect(
      limits.take('arrival', toRequest(environment, { address: { service: 'rest', path: '/tags' } })),
    ).resolves.toBeUndefined();
  },
);

test('a user is counted once the caller is known, across addresses', async () => {
  const limits = createLimits();
  const environment = toEnvironment({ rateLimits: [{ per: 'user', requests: 1 }] });
  expect(limits.take('arrival', toRequest(environment))).toBeNull();
  await limits.take('caller', toRequest(environment, { subject: 'ada' }));
  await expect(
    limits.take('caller', toRequest(environment, { subject: 'ada', clientAddress: '198.51.100.9' })),
  ).rejects.toMatchObject({ status: 429 });
  await expect(limits.take('caller', toRequest(environment, { subject: 'grace' }))).resolves.toBeUndefined();
  expect(limits.take('caller', toRequest(environment))).toBeNull();
});

test('a flood of new clients is refused instead of remembered (L03)', async () => {
  const limits = createLimits();
  const environment = toEnvironment({ requestsPerMinute: 1000 });
  for (let index = 0; index < 100_000; index += 1) {
    await limits.take(
      'arrival',
      toRequest(environment, { clientAddress: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}` }),
    );
  }
  await expect(limits.take('arrival', toRequest(environment, { clientAddress: '203.0.113.7' }))).rejects.toMatchObject({
    status: 429,
  });
  await expect(limits.take('arrival', toRequest(environment, { clientAddress: '10.0.0.0' }))).resolves.toBeUndefined();
});
