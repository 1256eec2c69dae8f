/** What one auth request is answered with: the environment, its file, the outside world and the clock. Made by `api`. */

import type { Database } from '#lib/engine/database.ts';
import type { HttpRequest } from '#lib/http/exchange.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import type { BreachedPasswords } from '#lib/ports/breached-passwords.ts';
import type { Captcha } from '#lib/ports/captcha.ts';
import type { BounceReader } from '#lib/ports/resend.ts';

export interface AuthPorts {
  readonly captcha: Captcha;
  readonly breachedPasswords: BreachedPasswords;
  /** True when the host itself delivers mails; an environment's own SMTP, Resend key or hook counts besides. */
  readonly mailDelivers: boolean;
  /** Checks and reads what a mail provider reports. */
  readonly parseBounce: BounceReader;
  /** Counts a refused attempt to sign in; `known`: the account exists. */
  readonly countRefusal?: (ref: string, method: string, known: boolean) => void;
  /** Outgoing HTTP for hooks and OpenID Connect; the one place to refuse private addresses. */
  readonly fetch: typeof fetch;
}

/** What `api` hands in. */
export interface AuthRequest {
  readonly request: HttpRequest;
  /** Below `/auth/v1`, query included: `/token?grant_type=password`. */
  readonly path: string;
  readonly environment: EnvironmentRecord;
  readonly database: Database;
  readonly ports: AuthPorts;
  /** The environment's configured address, never taken from the request: `https://api.example.com/api/shop`. */
  readonly externalUrl: string;
  /** 32 bytes that stay the same for the environment's life: seals TOTP secrets, peppers one-time codes. */
  readonly sealingKey: Uint8Array;
  /** The client as judged by the trusted-proxy rules; null in process. */
  readonly clientAddress: string | null;
  /** Runs a SQL function as a hook (`pg-functions://…/schema/name`): payload in, answer out. */
  readonly runFunction?: (schema: string, name: string, payload: unknown) => Promise<unknown>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** `AuthRequest` with what each handler needs read out of it. */
export interface AuthContext extends AuthRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  /** Values of `{name}` segments of the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly userAgent: string;
}
