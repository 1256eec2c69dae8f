import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { makeSessions, type SessionStore, type StoredSession } from '#lib/identity/sessions.ts';

const hour = 3_600_000;
const from = { ip: '192.0.2.1', userAgent: 'test' };

/** A store in memory, as any other. */
function makeStore() {
  const rows = new Map<string, StoredSession>();
  const store: SessionStore = {
    find: async (id) => rows.get(id) ?? null,
    listOf: async (operatorId) => [...rows.values()].filter((row) => row.operatorId === operatorId),
    insert: async (row) => void rows.set(row.id, row),
    extend: async (id, expiresAt) => {
      const row = rows.get(id);
      if (row !== undefined) rows.set(id, { ...row, expiresAt });
    },
    remove: async (id) => void rows.delete(id),
    removeOf: async (operatorId) => {
      for (const row of rows.values()) if (row.operatorId === operatorId) rows.delete(row.id);
    },
    removeExpired: async () => {
      for (const row of rows.values()) if (row.expiresAt <= new Date()) rows.delete(row.id);
    },
  };
  return { rows, store };
}

const toCookie = (setCookie: string) => setCookie.split(';')[0] ?? '';

afterEach(() => vi.useRealTimers());

test('a session speaks for its operator until it is ended', async () => {
  const sessions = makeSessions(makeStore().store, { secure: false });
  const cookie = toCookie(await sessions.create('operator', from));
  expect(await sessions.find(`other=1; ${cookie}`)).toMatchObject({ operatorId: 'operator', setCookie: null });
  expect(await sessions.end(cookie)).toMatch(/^koyalite_session=;.*Max-Age=0/);
  expect(await sessions.find(cookie)).toBeNull();
});

test('the store holds the hash of the cookie and nothing that opens a session', async () => {
  const { rows, store } = makeStore();
  const sessions = makeSessions(store, { secure: false });
  const id = toCookie(await sessions.create('operator', from)).replace('koyalite_session=', '');
  expect([...rows.keys()]).toEqual([createHash('sha256').update(id).digest('hex')]);
  expect(JSON.stringify([...rows.values()])).not.toContain(id);
  const [stored = ''] = rows.keys();
  expect(await sessions.find(`koyalite_session=${stored}`)).toBeNull();
  expect(await sessions.find(`koyalite_session=${stored.slice(0, 40)}`)).toBeNull();
});

test('the cookie is closed to scripts and other sites; behind https it is bound to the host', async () => {
  const plain = await makeSessions(makeStore().store, { secure: false }).create('operator', from);
  expect(plain).toMatch(/^koyalite_session=/);
  expect(plain).toContain('HttpOnly');
  expect(plain).toContain('SameSite=Lax');
  expect(plain).toContain('Path=/');
  expect(plain).not.toContain('Secure');
  const secure = await makeSessions(makeStore().store, { secure: true }).create('operator', from);
  expect(secure).toMatch(/^__Host-koyalite_session=/);
  expect(secure).toContain('Secure');
  expect(secure).not.toContain('Domain');
});

test('unused it ends; used it goes on, and the browser hears of it', async () => {
  vi.useFakeTimers();
  const sessions = makeSessions(makeStore().store, { secure: false, idleMs: 2 * hour, absoluteMs: 100 * hour });
  const unused = toCookie(await sessions.create('operator', from));
  const used = toCookie(await sessions.create('operator', from));
  vi.advanceTimersByTime(1.5 * hour);
  expect((await sessions.find(used))?.setCookie).toContain(used);
  vi.advanceTimersByTime(1.5 * hour);
  expect(await sessions.find(unused)).toBeNull();
  expect(await sessions.find(used)).not.toBeNull();
});

test('however much it is used, it ends at the absolute limit', async () => {
  vi.useFakeTimers();
  const sessions = makeSessions(makeStore().store, { secure: false, idleMs: 2 * hour, absoluteMs: 5 * hour });
  const cookie = toCookie(await sessions.create('operator', from));
  for (let hours = 1; hours < 5; hours++) {
    vi.advanceTimersByTime(hour);
    expect(await sessions.find(cookie)).not.toBeNull();
  }
  vi.advanceTimersByTime(hour);
  expect(await sessions.find(cookie)).toBeNull();
});

test('all sessions of an operator end together, those of others stay', async () => {
  const sessions = makeSessions(makeStore().store, { secure: false });
  const first = toCookie(await sessions.create('one', from));
  const second = toCookie(await sessions.create('one', from));
  const other = toCookie(await sessions.create('two', from));
  await sessions.endAllOf('one');
  expect([await sessions.find(first), await sessions.find(second)]).toEqual([null, null]);
  expect(await sessions.find(other)).not.toBeNull();
});

test.each([null, '', 'koyalite_session=', 'koyalite_session=x', `koyalite_session=${"'".repeat(40)}`, 'koyalite_session=%00'])(
  'the cookie header %j speaks for nobody',
  async (header) => {
    expect(await makeSessions(makeStore().store, { secure: false }).find(header)).toBeNull();
  },
);
