/** The door of the data plane: every request for an environment comes through here and every failure leaves in one way. */

import type { Limits } from '#lib/api/limits.ts';
import { listPresented, requireCaller, requireKeyHolder } from '#lib/api/resolve-caller.ts';
import { type Address, findAddress, getEnvironment } from '#lib/api/resolve-environment.ts';
import type { Service, Services } from '#lib/api/services.ts';
import type { Caller } from '#lib/engine/caller.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine } from '#lib/engine/engine.ts';
import type { RequestLog } from '#lib/engine/log/request-log.ts';
import type { ClientAddress } from '#lib/http/client-address.ts';
import { addCors, answerPreflight, isPreflight } from '#lib/http/cors.ts';
import { emptyResponse, type HttpHandler, type HttpRequest, type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { isProblem, Problem } from '#lib/http/problem.ts';
import type { EnvironmentDirectory, EnvironmentRecord } from '#lib/identity/environment.ts';
import { isSessionLive } from '#lib/services/auth/auth.ts';

export interface ApiLogger {
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
  debug(fields: Record<string, unknown>, message: string): void;
}

interface RefusedOrigin {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

export interface ApiOptions {
  readonly directory: EnvironmentDirectory;
  readonly engine: Engine;
  readonly services: Services;
  readonly limits: Limits;
  readonly clientAddress: ClientAddress;
  readonly logger: ApiLogger;
  /** Every answered request goes here; absent in tests. */
  readonly requestLog?: Pick<RequestLog, 'record'>;
  /** Told of requests answered 401 or 403, and what they brought; absent in tests. */
  readonly refused?: (environment: EnvironmentRecord, keys: readonly string[], origin: RefusedOrigin) => void;
  /** The address users reach the server by. Never taken from a request: its Host may be anybody's. */
  externalUrl(): string;
  /** Environments answer on `<ref>.<domain>` too. */
  readonly domain: string | null;
  /** Added to every answer, as a flat list. */
  readonly securityHeaders: readonly string[];
  /** Adds `Server-Timing` to every answer. */
  readonly serverTiming: boolean;
}

/** Longer URLs are refused before anything reads them. */
const maxUrlLength = 32_768;
const slowMs = 1000;

export interface Api {
  /** Null when the URL addresses no environment: the host then tries its other handlers. */
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse> | null;
}

export function createApi(options: ApiOptions): Api {
  const ids = createRequestIds();
  return {
    handle(request) {
      const address = findAddress(request.url, options.domain === null ? null : request.header('host'), options.domain);
      if (address === null) return null;
      return answer(options, {
        request,
        address,
        requestId: ids(),
        startedMs: performance.now(),
        clientAddress: options.clientAddress(request),
        environment: null,
        caller: null,
      });
    },
  };
}

/** One request on its way: what is known of it grows from stage to stage. */
interface Exchange {
  readonly request: HttpRequest;
  readonly address: Address;
  readonly requestId: string;
  readonly startedMs: number;
  readonly clientAddress: string | null;
  environment: EnvironmentRecord | null;
  caller: Caller | null;
}

/** Never rejects: a failure is an answer too. */
function answer(options: ApiOptions, exchange: Exchange): HttpResponse | Promise<HttpResponse> {
  const { request, address } = exchange;
  const done = (response: HttpResponse): HttpResponse => finish(options, exchange, response);
  const fail = (error: unknown) => done(toFailure(options, error, exchange.requestId, address));
  const proceed = (environment: EnvironmentRecord) => serve(options, exchange, environment);
  try {
    if (request.url.length > maxUrlLength) {
      throw new Problem({ status: 414, code: 'uri_too_long', message: 'The URL is too long' });
    }
    const found = getEnvironment(options.directory, address.ref);
    const served = found instanceof Promise ? found.then(proceed) : proceed(found);
    return served instanceof Promise ? served.then(done, fail) : done(served);
  } catch (error) {
    return fail(error);
  }
}

function serve(options: ApiOptions, exchange: Exchange, environment: EnvironmentRecord) {
  const { request, address, clientAddress } = exchange;
  exchange.environment = environment;
  if (isPreflight(request)) return answerPreflight(request, environment.settings.cors.origins);
  const service = Object.hasOwn(options.services, address.service) ? options.services[address.service] : undefined;
  if (service === undefined) {
    throw new Problem({ status: 404, code: 'not_found', message: `There is no service '${address.service}'` });
  }
  const limited = { environment, address, method: request.method, clientAddress };
  const open = () => options.engine.open(environment.ref, environment.file, { durability: environment.settings.durability });
  const run = () => {
    const database = open();
    const externalUrl = `${options.externalUrl()}${address.base}`;
    const { caller } = exchange;
    const charge = async (operations: number) => {
      const counted = { ...limited, subject: caller?.subject ?? null, operations };
      await options.limits.take('arrival', counted);
      await options.limits.take('caller', counted);
    };
    const handle = () => service.handle({ request, address, environment, database, caller, clientAddress, externalUrl, charge });
    const ready = database.ready();
    return ready === undefined ? handle() : ready.then(handle);
  };
  const identify = () => {
    const caller = resolveCaller(service, environment, request, address);
    exchange.caller = caller;
    if (caller?.claims.session_id !== undefined && service.readsBearer !== true) {
      requireLiveSession(open(), caller);
    }
    const wait = options.limits.take('caller', { ...limited, subject: caller?.subject ?? null });
    return wait === null ? run() : wait.then(run);
  };
  const wait = options.limits.take('arrival', { ...limited, subject: null });
  return wait === null ? identify() : wait.then(identify);
}

function resolveCaller(service: Service, environment: EnvironmentRecord, request: HttpRequest, address: Address): Caller | null {
  if (service.isOpen?.(address.path)) return null;
  return service.readsBearer === true
    ? requireKeyHolder(environment, request, address.query)
    : requireCaller(environment, request, address.query);
}

/** A token outlives its session by up to an hour; signing out, a ban or a new password must count at once. */
function requireLiveSession(database: Database, caller: Caller): void {
  if (isSessionLive(database, caller.claims, Date.now())) return;
  throw new Problem({
    status: 401,
    code: 'PGRST301',
    message: 'The session of this token has ended',
    hint: 'Sign in again.',
    headers: ['WWW-Authenticate', 'Bearer error="invalid_token", error_description="session ended"'],
  });
}

/** What every answer carries, and its line in the request log. */
function finish(options: ApiOptions, exchange: Exchange, response: HttpResponse): HttpResponse {
  const { request, address, requestId, environment } = exchange;
  const elapsedMs = performance.now() - exchange.startedMs;
  addCors(response, request, environment?.settings.cors.origins ?? ['*']);
  response.headers.push('X-Request-Id', requestId, ...options.securityHeaders);
  if (!response.headers.includes('Cache-Control')) response.headers.push('Cache-Control', 'no-store');
  if (environment !== null) {
    for (const [name, value] of Object.entries(environment.settings.api.responseHeaders)) response.headers.push(name, value);
  }
  if (options.serverTiming) response.headers.push('Server-Timing', `total;dur=${elapsedMs.toFixed(2)}`);
  const entry = {
    requestId,
    ref: address.ref,
    service: address.service,
    method: request.method,
    path: address.path,
    status: response.status,
    elapsedMs,
    role: exchange.caller?.role ?? null,
    clientAddress: exchange.clientAddress,
  };
  if (environment !== null && (response.status === 401 || response.status === 403)) {
    const origin = { ip: exchange.clientAddress, userAgent: request.header('user-agent') };
    options.refused?.(environment, listPresented(request, address.query), origin);
  }
  if (environment !== null) options.requestLog?.record(entry);
  if (response.status >= 500) options.logger.warn(entry, 'request failed');
  else if (elapsedMs > slowMs) options.logger.warn(entry, 'slow request');
  return response;
}

/** Whatever a service did not answer itself: a problem in the plain shape, or a fault of ours without any detail. */
function toFailure(options: ApiOptions, error: unknown, requestId: string, address: Address): HttpResponse {
  if (isProblem(error)) {
    const body = { code: error.code, message: error.message, details: error.details, hint: error.hint };
    return jsonResponse(error.status, body, [...error.headers]);
  }
  options.logger.error({ err: error, requestId, ref: address.ref, service: address.service }, 'unexpected failure');
  return jsonResponse(500, {
    code: 'internal_error',
    message: 'Something went wrong on our side',
    details: null,
    hint: `Quote the request id ${requestId}.`,
  });
}

/** Unique for the life of the process, and cheap: a random prefix and a counter. */
function createRequestIds(): () => string {
  const prefix = crypto.randomUUID().slice(0, 13);
  let count = 0;
  return () => `${prefix}-${(count++).toString(36)}`;
}

/** Health answers for whoever runs the server. */
export function createHealth(isReady: () => boolean): HttpHandler {
  return (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return emptyResponse(405, ['Allow', 'GET, HEAD']);
    const path = request.url.split('?', 1)[0];
    if (path === '/api/health/live') return jsonResponse(200, { status: 'ok' });
    if (path === '/api/health/ready')
      return isReady() ? jsonResponse(200, { status: 'ready' }) : jsonResponse(503, { status: 'starting' });
    return emptyResponse(404);
  };
}
