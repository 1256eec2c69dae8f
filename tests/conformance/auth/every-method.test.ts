/**
 * Every public method of the unmodified auth client, called against the service: 83 of auth-js 2.119. They are 31 of `auth`, 7 of
 * `mfa` with 5 each of its `webauthn` and `recoveryCodes`, 7 of `passkey`, 5 of `oauth`, 8 of `admin`, and below that 2 of `mfa`,
 * 6 of `oauth`, 5 of `customProviders` and 2 of `passkey`. 81 work, and 2 answer that their part is left out.
 */

import { createClient } from '@supabase/supabase-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { publicMethods, readHidden } from '../../support/public-methods.ts';
import { adminMethodCases } from './admin-method.cases.ts';
import { factorMethodCases, passkeyMethodCases } from './factor-method.cases.ts';
import { openWorld, type World } from './method-world.ts';
import { customProviderMethodCases, oauthMethodCases } from './oauth-method.cases.ts';
import { sessionMethodCases, signInMethodCases } from './session-method.cases.ts';

const cases = [
  ...signInMethodCases,
  ...sessionMethodCases,
  ...factorMethodCases,
  ...passkeyMethodCases,
  ...adminMethodCases,
  ...customProviderMethodCases,
  ...oauthMethodCases,
];

test('no method of the client is without a case', () => {
  const hidden = readHidden('auth-js', 'supabase-js');
  const { auth } = createClient('http://localhost', 'key', { auth: { persistSession: false, autoRefreshToken: false } });
  const namespaces: Record<string, object> = {
    auth,
    'auth.mfa': auth.mfa,
    'auth.mfa.webauthn': auth.mfa.webauthn,
    'auth.mfa.recoveryCodes': auth.mfa.recoveryCodes,
    'auth.passkey': auth.passkey,
    'auth.oauth': auth.oauth,
    'auth.admin': auth.admin,
    'auth.admin.mfa': auth.admin.mfa,
    'auth.admin.oauth': auth.admin.oauth,
    'auth.admin.customProviders': auth.admin.customProviders,
    'auth.admin.passkey': auth.admin.passkey,
  };
  const offered = Object.entries(namespaces).flatMap(([path, value]) =>
    publicMethods(value, hidden).map((name) => `${path}.${name}`),
  );
  expect(cases.map(({ method }) => method).sort()).toEqual(offered.sort());
  expect(offered).toHaveLength(83);
  expect(cases.filter(({ difference }) => difference !== undefined)).toHaveLength(2);
  expect(findNamespaces('auth', auth, hidden)).toEqual(Object.keys(namespaces).sort());
});

describe('answers', () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(() => world.environment.close());

  test.each(cases.map((item) => [item.method, item] as const))('%s', async (_, { check }) => {
    await check(world);
    expect.hasAssertions();
  });
});

/** Public properties that are objects with methods: a namespace that a new version of the client adds shows here. */
function findNamespaces(path: string, value: object, hidden: ReturnType<typeof readHidden>): string[] {
  const secret = hidden.get(Object.getPrototypeOf(value).constructor.name) ?? new Set();
  const parents = hidden.get('GoTrueClient') ?? new Set();
  const nested = Object.entries(value).flatMap(([name, inner]) =>
    typeof inner !== 'object' || inner === null || secret.has(name) || (path === 'auth' && parents.has(name))
      ? []
      : publicMethods(inner, hidden).length === 0 || inner instanceof Promise
        ? []
        : findNamespaces(`${path}.${name}`, inner, hidden),
  );
  return [path, ...nested].sort();
}
