/**
 * Operators' sessions by Lucia: a random id in a cookie, its SHA-256 in the store. A session ends after a time unused and
 * after an absolute time, whichever comes first. Reading the store never yields a usable cookie.
 */

import { createHash } from 'node:crypto';
import { type Adapter, Lucia, TimeSpan } from 'lucia';

/** A session as stored; `id` is the hash. */
export interface StoredSession {
  id: string;
  operatorId: string;
  expiresAt: Date;
  absoluteExpiresAt: Date;
  ip: string | null;
  userAgent: string | null;
}

export interface SessionStore {
  find(id: string): Promise<StoredSession | null>;
  listOf(operatorId: string): Promise<StoredSession[]>;
  insert(session: StoredSession): Promise<void>;
  extend(id: string, expiresAt: Date): Promise<void>;
  remove(id: string): Promise<void>;
  removeOf(operatorId: string): Promise<void>;
  removeExpired(): Promise<void>;
}

export interface SessionOptions {
  /** True when users reach the server by https: `Secure`, and the name bound to the host. */
  secure: boolean;
  idleMs?: number;
  absoluteMs?: number;
}

export interface FoundSession {
  /** As stored: the hash. */
  readonly id: string;
  readonly operatorId: string;
  readonly setCookie: string | null;
}

export interface Sessions {
  readonly cookieName: string;
  /** A new session; the value for `Set-Cookie`. */
  create(operatorId: string, from: { ip: string | null; userAgent: string | null }): Promise<string>;
  /** Who a `Cookie` header speaks for; `setCookie` is there when the browser should get a later expiry. */
  find(cookieHeader: string | null): Promise<FoundSession | null>;
  /** Ends the session of a `Cookie` header, if any; the value for `Set-Cookie` that clears it. */
  end(cookieHeader: string | null): Promise<string>;
  endAllOf(operatorId: string): Promise<void>;
  removeExpired(): Promise<void>;
}

interface Attributes {
  absoluteExpiresAt: Date;
  ip: string | null;
  userAgent: string | null;
}

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<Attributes>;
    DatabaseSessionAttributes: Attributes;
  }
}

const hour = 3_600_000;

export function makeSessions(store: SessionStore, options: SessionOptions): Sessions {
  const { secure, idleMs = 7 * 24 * hour, absoluteMs = 30 * 24 * hour } = options;
  const cookieName = secure ? '__Host-koyalite_session' : 'koyalite_session';
  const lucia = new Lucia(toAdapter(store), {
    sessionExpiresIn: new TimeSpan(idleMs, 'ms'),
    sessionCookie: { name: cookieName, attributes: { secure, sameSite: 'lax', path: '/' } },
    getSessionAttributes: (attributes) => attributes,
  });
  const readId = (cookieHeader: string | null): string | null => {
    const id = cookieHeader === null ? null : lucia.readSessionCookie(cookieHeader);
    return id !== null && /^[a-z0-9]{40}$/.test(id) ? id : null;
  };
  return {
    cookieName,
    async create(operatorId, { ip, userAgent }) {
      const absoluteExpiresAt = new Date(Date.now() + absoluteMs);
      const session = await lucia.createSession(operatorId, {
        absoluteExpiresAt,
        ip,
        userAgent: userAgent?.slice(0, 300) ?? null,
      });
      return lucia.createSessionCookie(session.id).serialize();
    },
    async find(cookieHeader) {
      const id = readId(cookieHeader);
      if (id === null) return null;
      const { session } = await lucia.validateSession(id);
      if (session === null) return null;
      const setCookie = session.fresh ? lucia.createSessionCookie(id).serialize() : null;
      return { id: hashId(id), operatorId: session.userId, setCookie };
    },
    async end(cookieHeader) {
      const id = readId(cookieHeader);
      if (id !== null) await lucia.invalidateSession(id);
      return lucia.createBlankSessionCookie().serialize();
    },
    endAllOf: (operatorId) => lucia.invalidateUserSessions(operatorId),
    removeExpired: () => lucia.deleteExpiredSessions(),
  };
}

const hashId = (id: string): string => createHash('sha256').update(id).digest('hex');

/** Lucia hands over raw ids and expects them back: the hash stays between here and the store. */
function toAdapter(store: SessionStore): Adapter {
  const toSession = (id: string, row: StoredSession) => ({
    id,
    userId: row.operatorId,
    // The absolute end wins over every extension.
    expiresAt: new Date(Math.min(row.expiresAt.getTime(), row.absoluteExpiresAt.getTime())),
    attributes: { absoluteExpiresAt: row.absoluteExpiresAt, ip: row.ip, userAgent: row.userAgent },
  });
  return {
    async getSessionAndUser(id) {
      const row = await store.find(hashId(id));
      return row === null ? [null, null] : [toSession(id, row), { id: row.operatorId, attributes: {} }];
    },
    getUserSessions: async (userId) => (await store.listOf(userId)).map((row) => toSession(row.id, row)),
    setSession: ({ id, userId, expiresAt, attributes }) =>
      store.insert({ id: hashId(id), operatorId: userId, expiresAt, ...attributes }),
    updateSessionExpiration: (id, expiresAt) => store.extend(hashId(id), expiresAt),
    deleteSession: (id) => store.remove(hashId(id)),
    deleteUserSessions: (userId) => store.removeOf(userId),
    deleteExpiredSessions: () => store.removeExpired(),
  };
}
