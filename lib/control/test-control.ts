/** For tests of this room: a control plane over real files in a folder of its own, and calls of its API. */

import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Actor, Role } from '#lib/control/actor.ts';
import { type Control, type ControlOptions, createControl } from '#lib/control/control.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import { fromFetch, toFetch } from '#lib/http/fetch-exchange.ts';

export interface TestControl {
  readonly control: Control;
  readonly home: string;
  /** The platform's owner. */
  readonly owner: Actor;
  /** Acts as the owner. */
  readonly token: string;
  /** Stops and starts again on the same home. */
  restart(options?: Partial<ControlOptions>): Promise<TestControl>;
  close(): Promise<void>;
}

export const ownerEmail = 'owner@example.com';
export const ownerPassword = 'correct horse battery';

/** A new home with one owner and no project. */
export function makeTestControl(options: Partial<ControlOptions> = {}): Promise<TestControl> {
  return open(mkdtempSync(join(tmpdir(), 'koyalite-control-')), options);
}

async function open(home: string, options: Partial<ControlOptions>): Promise<TestControl> {
  const engine = createEngine({});
  const config = { home, masterKey: null, publicUrl: null };
  const control = await createControl({ config, engine, ...options });
  await control.firstStart({ email: ownerEmail, password: ownerPassword, demo: false });
  const operator = await control.context.database.operator.findUniqueOrThrow({ where: { email: ownerEmail } });
  const stop = async () => {
    await control.close();
    await engine.shutdown();
  };
  return {
    control,
    home,
    owner: control.operators.toActor(operator),
    token: await control.operators.renewLocalToken(),
    async restart(later = {}) {
      await stop();
      return open(home, later);
    },
    async close() {
      await stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A new operator who signs in by the token; with a role in a project when one is given. */
export async function addOperator(
  { context, operators }: Control,
  membership: { ref: string; role: Role } | null = null,
): Promise<{ actor: Actor; token: string }> {
  const { database } = context;
  const operatorId = randomUUID();
  const email = `${operatorId}@example.com`;
  const operator = await database.operator.create({ data: { id: operatorId, email, name: 'Someone', passwordHash: '' } });
  if (membership !== null) {
    const { projectId } = await database.environment.findUniqueOrThrow({ where: { ref: membership.ref } });
    await database.membership.create({ data: { operatorId, projectId, role: membership.role } });
  }
  const token = randomUUID();
  const hash = createHash('sha256').update(token).digest('hex');
  await database.operatorToken.create({ data: { id: randomUUID(), operatorId, kind: 'personal', name: 'test', hash } });
  return { actor: operators.toActor(operator), token };
}

export interface Answer {
  status: number;
  /** Parsed JSON; null without a body. */
  body: unknown;
  /** The body when it is an object, else empty. */
  fields: Record<string, unknown>;
  /** The body when it is a list of objects, else empty. */
  rows: Record<string, unknown>[];
  text: string;
  headers: Headers;
}

const record = z.record(z.string(), z.unknown());

/** One call below `/api/platform/v1`; `body` is sent as JSON, bytes as they are. */
export async function call(
  control: Control,
  method: string,
  path: string,
  options: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const headers = new Headers(options.headers);
  if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`);
  const raw = options.body instanceof Uint8Array || options.body === undefined;
  if (!raw && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const body = options.body instanceof Uint8Array ? new Uint8Array(options.body) : raw ? null : JSON.stringify(options.body);
  const request = new Request(`http://localhost:3000/api/platform/v1${path}`, { method, headers, body });
  const response = toFetch(await control.platformApi(fromFetch(request, '192.0.2.1')));
  const text = await response.text();
  const parsed: unknown = text === '' ? null : JSON.parse(text);
  const fields = record.safeParse(parsed).data ?? {};
  const rows = z.array(record).safeParse(parsed).data ?? [];
  return { status: response.status, body: parsed, fields, rows, text, headers: response.headers };
}
