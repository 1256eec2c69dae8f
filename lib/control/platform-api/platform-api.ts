/** The Platform API's door, `/api/platform/v1/*`: what the dashboard, the command line and scripts manage the platform by. */

import type { Actor } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import type { ForeignKeys } from '#lib/control/foreign-keys.ts';
import type { Origin } from '#lib/control/operator-sessions.ts';
import type { Credentials, Operators } from '#lib/control/operators.ts';
import type { Call, Route } from '#lib/control/platform-api/api-route.ts';
import { toErrorAnswer } from '#lib/control/platform-api/error-answer.ts';
import { printJson } from '#lib/control/platform-api/exact-json.ts';
import { makeMatcher } from '#lib/control/platform-api/match-route.ts';
import { toOpenApi } from '#lib/control/platform-api/openapi.ts';
import { readJsonBody } from '#lib/control/platform-api/read-body.ts';
import { routes } from '#lib/control/platform-api/routes.ts';
import { requireSameOrigin } from '#lib/control/platform-api/same-origin.ts';
import { requireFactor } from '#lib/control/required-factor.ts';
import { type HttpHandler, type HttpRequest, type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { isProblem, Problem } from '#lib/http/problem.ts';

const base = '/api/platform/v1';
const security = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'];

/** May do nothing: stands where nobody is signed in. */
const nobody: Actor = Object.freeze({ operatorId: null, email: '', name: '', platformRole: 'member', ip: null, userAgent: null });

export interface PlatformApiOptions {
  context: ControlContext;
  operators: Operators;
  foreignKeys: ForeignKeys;
  clientAddress: (request: HttpRequest) => string | null;
}

export function createPlatformApi({ context, operators, foreignKeys, clientAddress }: PlatformApiOptions): HttpHandler {
  const match = makeMatcher(routes);
  const { publicUrl } = context.config;

  return async (request) => {
    try {
      const answer = await serve(request);
      return request.method === 'HEAD' ? { ...answer, body: null } : answer;
    } catch (error) {
      const answer = toErrorAnswer(error, context.logger);
      return { ...answer, headers: [...answer.headers, ...security] };
    }
  };

  async function serve(request: HttpRequest): Promise<HttpResponse> {
    const [path = '', search = ''] = request.url.split('?', 2);
    if (!path.startsWith(`${base}/`))
      throw new Problem({ status: 404, code: 'not_found', message: 'There is nothing at this address.' });
    if (path === `${base}/openapi.json` && request.method === 'GET') return jsonResponse(200, toOpenApi(routes), security);
    const { route, params } = match(request.method, path.slice(base.length));
    const origin: Origin = {
      ip: clientAddress(request),
      userAgent: request.header('user-agent'),
      cookie: request.header('cookie'),
    };
    const credentials = readCredentials(request);
    const headers = [...security];
    const addHeader = (name: string, value: string) => void headers.push(name, value);
    const actor = await authenticate(request, route, credentials, origin, addHeader);
    const call: Call = { context, operators, actor, origin, credentials, request, addHeader };
    const value = await recorded(actor, route, params.ref ?? null, async () => {
      if (route.access !== 'public') requireAllowed(actor, route);
      const body = await readJsonBody(request, route);
      return route.run(call, { params, query: Object.fromEntries(new URLSearchParams(search)), body });
    });
    if (route.status === 204) return { status: 204, headers, body: null };
    headers.push('Content-Type', 'application/json; charset=utf-8');
    return { status: route.status, headers, body: await printJson(value) };
  }

  /** What an operator may not do is on record. */
  async function recorded<T>(actor: Actor, route: Route, ref: string | null, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isProblem(error)) operators.refusals.call(actor, route.id, ref, error);
      throw error;
    }
  }

  async function authenticate(
    request: HttpRequest,
    route: Route,
    credentials: Credentials,
    origin: Origin,
    addHeader: Call['addHeader'],
  ): Promise<Actor> {
    const reads = route.method === 'GET';
    if (route.access === 'public') {
      if (!reads) requireSameOrigin(request, publicUrl, false);
      return nobody;
    }
    const signedIn = await operators.find(credentials, origin);
    if (signedIn === null) {
      if (credentials.bearer !== null) foreignKeys.refusedByPlatform(credentials.bearer, origin);
      throw new Problem({
        status: 401,
        code: 'not_signed_in',
        message: 'Sign in first.',
        headers: ['WWW-Authenticate', 'Bearer'],
      });
    }
    if (signedIn.byCookie && !reads) requireSameOrigin(request, publicUrl, true);
    if (signedIn.setCookie !== null) addHeader('Set-Cookie', signedIn.setCookie);
    return signedIn.actor;
  }
}

function requireAllowed(actor: Actor, route: Route): void {
  requireFactor(actor, route.id);
  if (actor.grant?.scope !== 'read' || route.method === 'GET') return;
  throw new Problem({ status: 403, code: 'insufficient_scope', message: 'A token with the scope read changes nothing.' });
}

function readCredentials(request: HttpRequest): Credentials {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.header('authorization') ?? '')?.[1] ?? null;
  return { cookie: request.header('cookie'), bearer };
}
