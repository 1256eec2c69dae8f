/** A route of the Platform API: what it is called, what it takes and gives as schemas, and the function behind it. */

import { z } from 'zod';
import type { Actor } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import type { Origin } from '#lib/control/operator-sessions.ts';
import type { Credentials, Operators } from '#lib/control/operators.ts';
import type { HttpRequest } from '#lib/http/exchange.ts';
import { Problem } from '#lib/http/problem.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What every handler gets; the schemas add `params`, `query` and `body`. */
export interface Call {
  readonly context: ControlContext;
  readonly operators: Operators;
  /** Signed in, except on public routes, where it may do nothing. */
  readonly actor: Actor;
  readonly origin: Origin;
  readonly credentials: Credentials;
  readonly request: HttpRequest;
  /** Adds a header to the answer. */
  addHeader(name: string, value: string): void;
}

/** The parts of a request before their schemas have looked at them. */
export interface RawParts {
  params: Record<string, string>;
  query: Record<string, string>;
  body: unknown;
}

export interface Route {
  readonly method: Method;
  /** Below `/api/platform/v1`: `/projects/{ref}`. */
  readonly path: string;
  /** `listProjects` */
  readonly id: string;
  readonly summary: string;
  /** Public routes answer without a session. */
  readonly access: 'public' | 'operator';
  /** Status of success; 204 has no body. */
  readonly status: number;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Null: takes no body. `stream`: the handler reads the raw bytes. */
  readonly body: z.ZodType | 'stream' | null;
  /** Largest JSON body. */
  readonly limitBytes: number;
  readonly response: z.ZodType;
  /** Checks the parts and runs the handler. 400 for what a schema refuses. */
  run(call: Call, parts: RawParts): Promise<unknown>;
}

const nothing = z.object({});
export const noContent = z.null();

interface Definition<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, R extends z.ZodType> {
  id: string;
  summary: string;
  access?: 'public';
  status?: number;
  params?: P;
  query?: Q;
  body?: B | 'stream';
  limitBytes?: number;
  response: R;
  handle(call: Call & { params: z.output<P>; query: z.output<Q>; body: z.output<B> }): Promise<z.input<R>>;
}

/** A row of the API's table. */
export function route<
  P extends z.ZodObject = typeof nothing,
  Q extends z.ZodObject = typeof nothing,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodType,
>(method: Method, path: string, definition: Definition<P, Q, B, R>): Route {
  const { id, summary, access = 'operator', status = 200, body, limitBytes = 1 << 20, response, handle } = definition;
  const params = definition.params ?? nothing;
  const query = definition.query ?? nothing;
  const bodySchema = body === undefined || body === 'stream' ? z.undefined() : body;
  return {
    method,
    path,
    id,
    summary,
    access,
    status,
    params,
    query,
    body: body ?? null,
    limitBytes,
    response,
    async run(call, parts) {
      // Sound by construction: the schemas are those the handler's type was inferred from.
      const checked = {
        params: parse('path', params, parts.params) as z.output<P>,
        query: parse('query', query, parts.query) as z.output<Q>,
        body: parse('body', bodySchema, parts.body) as z.output<B>,
      };
      return handle({ ...call, ...checked });
    },
  };
}

function parse(where: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw new Problem({
    status: 400,
    code: 'invalid_request',
    message: `${[where, path].filter(Boolean).join(' ')}: ${issue?.message ?? 'invalid'}`,
  });
}
