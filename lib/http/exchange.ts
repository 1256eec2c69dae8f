/**
 * The request and response every room speaks: small enough that a Node socket and a Fetch `Request` both become one for
 * a few microseconds, which the platform's own `Request`/`Response` do not allow on the hot path.
 */

export interface HttpRequest {
  readonly method: string;
  /** Path and query as sent, percent-encoding untouched: `/rest/v1/notes?select=id`. */
  readonly url: string;
  /** A header's value by lower-case name; repeated headers are comma-joined as HTTP says. */
  header(name: string): string | null;
  /** All headers, lower-case names, for services that hand them on (functions, `request.headers`). */
  headers(): Record<string, string>;
  /** The whole body, at most `limitBytes`; throws a 413 problem beyond. Can be read once. */
  body(limitBytes: number): Promise<Uint8Array>;
  /** The body as a stream, for uploads. Can be read once, and not together with `body`. */
  stream(): ReadableStream<Uint8Array> | null;
  /** The peer's address as the socket saw it; null in process. Proxies are judged in `http/client-address.ts`. */
  readonly remoteAddress: string | null;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal | null;
}

export interface HttpResponse {
  status: number;
  /** Name, value, name, value, …: the form `writeHead` takes without building an object. */
  headers: string[];
  body: string | Uint8Array | ReadableStream<Uint8Array> | null;
}

/** Anything that answers requests: the data plane, the Platform API, a service. */
export type HttpHandler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** A JSON answer with the flat header list `writeHead` takes. */
export function jsonResponse(status: number, value: unknown, headers: string[] = []): HttpResponse {
  return { status, headers: ['Content-Type', 'application/json; charset=utf-8', ...headers], body: JSON.stringify(value) };
}

/** An answer without a body. */
export function emptyResponse(status: number, headers: string[] = []): HttpResponse {
  // A copy: whoever sends the answer on adds to its headers, and the caller's list may be a constant.
  return { status, headers: [...headers], body: null };
}
