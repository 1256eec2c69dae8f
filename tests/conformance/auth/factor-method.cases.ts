/** The methods of `auth.mfa` and `auth.passkey`: second factors, recovery codes, passkeys. */

import { expect } from 'vitest';
import { newAuthenticator } from '../../support/authenticator.ts';
import { codeOf, dataOf, enrollApp, type MethodCase, party, site, type World, withSecurityKey } from './method-world.ts';

const level = async ({ client }: World) => dataOf(await client.auth.mfa.getAuthenticatorAssuranceLevel()).currentLevel;

/** A passkey made by the two calls that need no browser. */
async function addPasskey({ client }: World, key = newAuthenticator()) {
  const { challenge_id, options } = dataOf(await client.auth.passkey.startRegistration());
  // The authenticator signs what it is given and answers as a browser's `toJSON` would.
  const credential = key.register(options, site) as Parameters<typeof client.auth.passkey.verifyRegistration>[0]['credential'];
  return client.auth.passkey.verifyRegistration({ challengeId: challenge_id, credential });
}

export const factorMethodCases: readonly MethodCase[] = [
  {
    method: 'auth.mfa.enroll',
    async check({ client }) {
      const factor = dataOf(await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'app' }));
      expect(factor).toMatchObject({
        id: expect.any(String),
        type: 'totp',
        friendly_name: 'app',
        totp: {
          qr_code: expect.stringMatching(/^data:image\/svg\+xml;utf-8,<svg/),
          secret: expect.stringMatching(/^[A-Z2-7]{32}/),
          uri: expect.stringMatching(/^otpauth:\/\/totp\//),
        },
      });
    },
  },
  {
    method: 'auth.mfa.challenge',
    async check({ client, environment }) {
      const { id } = dataOf(await client.auth.mfa.enroll({ factorType: 'totp' }));
      const challenge = dataOf(await client.auth.mfa.challenge({ factorId: id }));
      expect(challenge).toMatchObject({ id: expect.any(String), type: 'totp' });
      expect(challenge.expires_at - environment.now() / 1000).toBeGreaterThan(200);
    },
  },
  {
    method: 'auth.mfa.verify',
    async check(world) {
      const { client, environment } = world;
      const factor = dataOf(await client.auth.mfa.enroll({ factorType: 'totp' }));
      const challengeId = dataOf(await client.auth.mfa.challenge({ factorId: factor.id })).id;
      const secret = factor.type === 'totp' ? factor.totp.secret : '';
      const wrong = await client.auth.mfa.verify({ factorId: factor.id, challengeId, code: '000000' });
      expect(wrong.error).toMatchObject({ status: 422, code: 'mfa_verification_failed' });
      const code = codeOf(secret, environment.now());
      const data = dataOf(await client.auth.mfa.verify({ factorId: factor.id, challengeId, code }));
      expect(data).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String), token_type: 'bearer' });
      expect(await level(world)).toBe('aal2');
    },
  },
  {
    method: 'auth.mfa.challengeAndVerify',
    async check(world) {
      expect(await level(world)).toBe('aal1');
      await enrollApp(world);
      expect(await level(world)).toBe('aal2');
    },
  },
  {
    method: 'auth.mfa.unenroll',
    async check(world) {
      const { id } = await enrollApp(world);
      expect(dataOf(await world.client.auth.mfa.unenroll({ factorId: id }))).toEqual({ id });
      expect(dataOf(await world.client.auth.mfa.listFactors()).all).toEqual([]);
    },
  },
  {
    method: 'auth.mfa.listFactors',
    async check(world) {
      const { id } = await enrollApp(world);
      await world.client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'unfinished' });
      const { all, totp } = dataOf(await world.client.auth.mfa.listFactors());
      expect(all.map(({ status }) => status).sort()).toEqual(['unverified', 'verified']);
      expect(totp).toMatchObject([{ id, status: 'verified', factor_type: 'totp', friendly_name: 'app' }]);
    },
  },
  {
    method: 'auth.mfa.getAuthenticatorAssuranceLevel',
    async check(world) {
      await enrollApp(world);
      expect(dataOf(await world.client.auth.mfa.getAuthenticatorAssuranceLevel())).toMatchObject({
        currentLevel: 'aal2',
        nextLevel: 'aal2',
        currentAuthenticationMethods: [{ method: 'totp' }, { method: 'password' }],
      });
    },
  },
  {
    method: 'auth.mfa.webauthn.enroll',
    async check({ client }) {
      expect(dataOf(await client.auth.mfa.webauthn.enroll({ friendlyName: 'key' }))).toEqual({
        id: expect.any(String),
        type: 'webauthn',
        friendly_name: 'key',
      });
    },
  },
  {
    method: 'auth.mfa.webauthn.challenge',
    async check({ client }) {
      const { id } = dataOf(await client.auth.mfa.webauthn.enroll({ friendlyName: 'key' }));
      const data = dataOf(await withSecurityKey(() => client.auth.mfa.webauthn.challenge({ factorId: id, webauthn: party })));
      expect(data).toMatchObject({ factorId: id, challengeId: expect.any(String), webauthn: { type: 'create' } });
    },
  },
  {
    method: 'auth.mfa.webauthn.verify',
    async check(world) {
      const { webauthn } = world.client.auth.mfa;
      const { id } = dataOf(await webauthn.enroll({ friendlyName: 'key' }));
      const verified = await withSecurityKey(async () => {
        const made = dataOf(await webauthn.challenge({ factorId: id, webauthn: party }));
        if (made.webauthn.type !== 'create') throw new Error('A new factor is created');
        const { challengeId } = made;
        return webauthn.verify({ factorId: id, challengeId, webauthn: { ...party, ...made.webauthn } });
      });
      expect(dataOf(verified)).toMatchObject({ access_token: expect.any(String), user: { id: world.userId } });
      expect(await level(world)).toBe('aal2');
    },
  },
  {
    method: 'auth.mfa.webauthn.register',
    async check(world) {
      const { client } = world;
      const answer = await withSecurityKey(() => client.auth.mfa.webauthn.register({ friendlyName: 'key', webauthn: party }));
      expect(dataOf(answer)).toMatchObject({ access_token: expect.any(String) });
      expect(dataOf(await client.auth.mfa.listFactors()).webauthn).toMatchObject([{ friendly_name: 'key', status: 'verified' }]);
    },
  },
  {
    method: 'auth.mfa.webauthn.authenticate',
    async check({ client, connect }) {
      const later = connect();
      await later.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' });
      const key = newAuthenticator();
      await withSecurityKey(() => client.auth.mfa.webauthn.register({ friendlyName: 'key', webauthn: party }), key);
      await later.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' });
      const factorId = dataOf(await later.auth.mfa.listFactors()).webauthn[0]?.id ?? '';
      const answer = await withSecurityKey(() => later.auth.mfa.webauthn.authenticate({ factorId, webauthn: party }), key);
      expect(dataOf(answer)).toMatchObject({ access_token: expect.any(String) });
      expect((await later.auth.mfa.getAuthenticatorAssuranceLevel()).data?.currentLevel).toBe('aal2');
    },
  },
  {
    method: 'auth.mfa.recoveryCodes.generate',
    async check(world) {
      await enrollApp(world);
      const made = dataOf(await world.client.auth.mfa.recoveryCodes.generate({ friendlyName: 'paper' }));
      expect(made).toMatchObject({ type: 'recovery_code', friendly_name: 'paper', total: 10 });
      expect(new Set(made.codes).size).toBe(10);
    },
  },
  {
    method: 'auth.mfa.recoveryCodes.getStatus',
    async check(world) {
      await enrollApp(world);
      await world.client.auth.mfa.recoveryCodes.generate();
      expect(dataOf(await world.client.auth.mfa.recoveryCodes.getStatus())).toMatchObject({ total: 10, remaining: 10 });
    },
  },
  {
    method: 'auth.mfa.recoveryCodes.verify',
    async check(world) {
      await enrollApp(world);
      const [code = ''] = dataOf(await world.client.auth.mfa.recoveryCodes.generate()).codes;
      const later = world.connect();
      await later.auth.signInWithPassword({ email: 'a@x.io', password: 'secret1' });
      expect(dataOf(await later.auth.mfa.recoveryCodes.verify({ code }))).toMatchObject({ access_token: expect.any(String) });
      expect((await later.auth.mfa.getAuthenticatorAssuranceLevel()).data?.currentLevel).toBe('aal2');
      expect((await later.auth.mfa.recoveryCodes.verify({ code })).error?.code).toBe('mfa_verification_failed');
    },
  },
  {
    method: 'auth.mfa.recoveryCodes.regenerate',
    async check(world) {
      await enrollApp(world);
      const old = dataOf(await world.client.auth.mfa.recoveryCodes.generate()).codes;
      const fresh = dataOf(await world.client.auth.mfa.recoveryCodes.regenerate()).codes;
      expect(new Set([...old, ...fresh]).size).toBe(20);
    },
  },
  {
    method: 'auth.mfa.recoveryCodes.unenroll',
    async check(world) {
      await enrollApp(world);
      await world.client.auth.mfa.recoveryCodes.generate();
      expect((await world.client.auth.mfa.recoveryCodes.unenroll()).error).toBeNull();
      expect((await world.client.auth.mfa.recoveryCodes.getStatus()).error?.code).toBe('mfa_factor_not_found');
    },
  },
];

export const passkeyMethodCases: readonly MethodCase[] = [
  {
    method: 'auth.passkey.startRegistration',
    async check({ client }) {
      expect(dataOf(await client.auth.passkey.startRegistration())).toMatchObject({
        challenge_id: expect.any(String),
        expires_at: expect.any(Number),
        options: { challenge: expect.any(String), rp: { id: 'app.example.com' }, user: { name: 'a@x.io' } },
      });
    },
  },
  {
    method: 'auth.passkey.verifyRegistration',
    async check(world) {
      const made = dataOf(await addPasskey(world));
      expect(made).toMatchObject({ id: expect.any(String), created_at: expect.any(String) });
    },
  },
  {
    method: 'auth.passkey.startAuthentication',
    async check({ connect }) {
      expect(dataOf(await connect().auth.passkey.startAuthentication())).toMatchObject({
        challenge_id: expect.any(String),
        options: { challenge: expect.any(String), rpId: 'app.example.com' },
      });
    },
  },
  {
    method: 'auth.passkey.verifyAuthentication',
    async check(world) {
      const key = newAuthenticator();
      await addPasskey(world, key);
      const stranger = world.connect();
      const { challenge_id, options } = dataOf(await stranger.auth.passkey.startAuthentication());
      const credential = key.authenticate(options, site) as Parameters<
        typeof stranger.auth.passkey.verifyAuthentication
      >[0]['credential'];
      const signedIn = dataOf(await stranger.auth.passkey.verifyAuthentication({ challengeId: challenge_id, credential }));
      expect(signedIn.user?.id).toBe(world.userId);
      const replay = await stranger.auth.passkey.verifyAuthentication({ challengeId: challenge_id, credential });
      expect(replay.error?.code).toBe('webauthn_challenge_not_found');
    },
  },
  {
    method: 'auth.passkey.list',
    async check(world) {
      const { id } = dataOf(await addPasskey(world));
      expect(dataOf(await world.client.auth.passkey.list())).toMatchObject([{ id, created_at: expect.any(String) }]);
    },
  },
  {
    method: 'auth.passkey.update',
    async check(world) {
      const { id } = dataOf(await addPasskey(world));
      const named = await world.client.auth.passkey.update({ passkeyId: id, friendlyName: 'laptop' });
      expect(dataOf(named)).toMatchObject({ id, friendly_name: 'laptop' });
    },
  },
  {
    method: 'auth.passkey.delete',
    async check(world) {
      const { id } = dataOf(await addPasskey(world));
      expect((await world.client.auth.passkey.delete({ passkeyId: id })).error).toBeNull();
      expect(dataOf(await world.client.auth.passkey.list())).toEqual([]);
    },
  },
  {
    method: 'auth.admin.passkey.listPasskeys',
    async check(world) {
      const { id } = dataOf(await addPasskey(world));
      expect(dataOf(await world.admin.auth.admin.passkey.listPasskeys({ userId: world.userId }))).toMatchObject([{ id }]);
    },
  },
  {
    method: 'auth.admin.passkey.deletePasskey',
    async check(world) {
      const { id } = dataOf(await addPasskey(world));
      const removed = await world.admin.auth.admin.passkey.deletePasskey({ userId: world.userId, passkeyId: id });
      expect(removed.error).toBeNull();
      expect(dataOf(await world.client.auth.passkey.list())).toEqual([]);
    },
  },
];
