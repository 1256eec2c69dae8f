/** Operators' sessions with the limits of the settings, and the notice when one begins in a browser not seen before. */

import type { Operator } from '#generated/client.ts';
import type { Actor } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import type { ControlTransaction } from '#lib/control/control-database.ts';
import { type InstanceMail, instanceMail } from '#lib/control/instance-mail.ts';
import { instanceSignIn } from '#lib/control/instance-sign-in.ts';
import { queueOperatorMail } from '#lib/control/operator-mails.ts';
import { makeSessionStore } from '#lib/control/session-store.ts';
import { hashToken, randomToken } from '#lib/identity/sealing.ts';
import { makeSessions, type Sessions } from '#lib/identity/sessions.ts';

/** Where a request came from, for sessions and audit. */
export interface Origin {
  ip: string | null;
  userAgent: string | null;
  /** The whole `Cookie` header. */
  cookie?: string | null;
}

/** Cookies to set, the session's first. */
export interface OpenedSession {
  setCookie: string;
  deviceCookie: string;
}

export interface OperatorSessions {
  /** With the limits as they are now. */
  current(): Promise<Sessions>;
  /** Call when every factor has passed. Writes the audit entry and, for a new browser, the notice. */
  open(operator: Operator, actor: Actor, origin: Origin, method: 'password' | 'sso'): Promise<OpenedSession>;
}

const yearSeconds = 365 * 24 * 3600;

export function isSecure(context: ControlContext): boolean {
  return context.config.publicUrl?.startsWith('https:') ?? false;
}

/** `__Host-` where cookies are secure: no other host of the domain can plant one. */
export function toCookieName(context: ControlContext, name: string): string {
  return isSecure(context) ? `__Host-koyalite_${name}` : `koyalite_${name}`;
}

export function toSetCookie(context: ControlContext, name: string, value: string, maxAgeSeconds: number): string {
  const secure = isSecure(context) ? '; Secure' : '';
  return `${toCookieName(context, name)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`;
}

/** Null when the header has no such cookie. */
export function findCookie(context: ControlContext, header: string | null | undefined, name: string): string | null {
  const wanted = `${toCookieName(context, name)}=`;
  const pair = header?.split(';').find((one) => one.trim().startsWith(wanted));
  return pair === undefined ? null : pair.trim().slice(wanted.length);
}

export function makeOperatorSessions(context: ControlContext): OperatorSessions {
  const store = makeSessionStore(context.database);
  const made = new Map<string, Sessions>();

  async function current(): Promise<Sessions> {
    const { session_idle_minutes: minutes, session_absolute_hours: hours } = await instanceSignIn.read(context);
    const key = `${minutes}/${hours}`;
    const sessions =
      made.get(key) ??
      makeSessions(store, { secure: isSecure(context), idleMs: minutes * 60_000, absoluteMs: hours * 3_600_000 });
    made.set(key, sessions);
    return sessions;
  }

  return {
    current,
    async open(operator, actor, origin, method) {
      const known = findCookie(context, origin.cookie, 'device');
      // A browser that is new to the operator gets a token nobody else can have planted.
      const fresh = randomToken();
      const settings = await instanceMail.read(context);
      const setCookie = await (await current()).create(operator.id, origin);
      const isKnown = await inTransaction(context, async (transaction) => {
        const isKnown = known !== null && (await touchDevice(transaction, operator.id, hashToken(known)));
        if (!isKnown) {
          const data = { operatorId: operator.id, hash: hashToken(fresh), lastSeenAt: new Date() };
          await transaction.operatorDevice.create({ data });
          // Nobody needs to be told of the very first sign-in.
          if (operator.lastSignInAt !== null) await queueNotice(context, transaction, settings, operator, origin);
        }
        await transaction.operator.update({ where: { id: operator.id }, data: { lastSignInAt: new Date() } });
        const after = { method, new_device: !isKnown };
        const event = { action: 'operator.sign_in', subject: operator.email, after };
        await appendAudit(transaction, context.masterKey, actor, event);
        return isKnown;
      });
      if (!isKnown) context.mails.wake();
      return { setCookie, deviceCookie: toSetCookie(context, 'device', isKnown && known !== null ? known : fresh, yearSeconds) };
    },
  };
}

async function touchDevice(transaction: ControlTransaction, operatorId: string, hash: string): Promise<boolean> {
  const lastSeenAt = new Date();
  await transaction.operatorDevice.deleteMany({
    where: { operatorId, lastSeenAt: { lt: new Date(Date.now() - yearSeconds * 1000) } },
  });
  return (await transaction.operatorDevice.updateMany({ where: { operatorId, hash }, data: { lastSeenAt } })).count === 1;
}

async function queueNotice(
  context: ControlContext,
  transaction: ControlTransaction,
  settings: InstanceMail,
  operator: Operator,
  origin: Origin,
): Promise<void> {
  const variables = {
    Email: operator.email,
    Device: toDeviceName(origin.userAgent),
    Address: origin.ip ?? 'an unknown address',
    Time: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    SiteURL: `${context.externalUrl()}/account`,
  };
  await queueOperatorMail(context, transaction, settings, { template: 'new_device', recipient: operator.email, variables });
}

const browsers: readonly [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

/** `Firefox on Linux`; what does not say what it is, is a program. */
export function toDeviceName(userAgent: string | null): string {
  const agent = userAgent ?? '';
  const name = browsers.find(([mark]) => mark.test(agent))?.[1] ?? 'A program';
  const system = /iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(agent)?.[0].replace('Macintosh', 'a Mac');
  return system === undefined ? name : `${name} on ${system}`;
}
