/**
 * The one way out for HTTP that a setting or a hook names: short, small, without redirects, and not into private networks.
 * A name is resolved once, by the connection itself: what was checked is what it connects to, so that a resolver which
 * changes its answer between a check and a connection (DNS rebinding) finds nothing in between.
 */

import { lookup } from 'node:dns/promises';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPrivateAddress } from '#lib/ports/private-addresses.ts';

/** All addresses of a name. Rejects when it has none. */
export type Resolver = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export interface OutboundOptions {
  /** The machine's own resolver, except in tests. */
  readonly resolve?: Resolver;
  /** From the first look-up to the last byte. */
  readonly timeoutMs?: number;
  /** Largest answer; a longer one is an error. */
  readonly limitBytes?: number;
}

const defaultTimeoutMs = 10_000;
const defaultLimitBytes = 1 << 20;
/** A GET or POST there is a command to another protocol's server. */
const foreignPorts = new Set([6379, 11_211]);

/** `allowPrivate`: for servers that themselves only listen on this machine. */
export function createOutboundFetch(allowPrivate: boolean, options: OutboundOptions = {}): typeof fetch {
  const { timeoutMs = defaultTimeoutMs, limitBytes = defaultLimitBytes } = options;
  const pinned = pinnedLookup(allowPrivate, options.resolve ?? ((host) => lookup(host, { all: true })));
  // A connection for each request: one that was kept may be gone when a hook's POST, which nobody repeats, needs it.
  const [plainAgent, secureAgent] = [new HttpAgent({ keepAlive: false }), new HttpsAgent({ keepAlive: false })];
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    requireAllowed(url, allowPrivate);
    const asked = new Request(input, { ...init, redirect: 'error' });
    const body = Buffer.from(await asked.arrayBuffer());
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), asked.signal]);
    signal.throwIfAborted();
    const secure = url.protocol === 'https:';
    const sent = (secure ? requestHttps : requestHttp)(url, {
      method: asked.method,
      // Asked for plainly: a small compressed answer may be a large one.
      headers: {
        ...Object.fromEntries(asked.headers),
        'accept-encoding': 'identity',
        ...(asked.body === null ? {} : { 'content-length': body.length }),
      },
      lookup: pinned,
      agent: secure ? secureAgent : plainAgent,
      signal,
    });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve);
      // Why the connection broke, rather than that it did.
      sent.on('error', (error) => reject(signal.aborted ? signal.reason : error));
      sent.on('close', () => reject(new Error('The connection ended without an answer')));
      sent.end(body);
    });
    return toResponse(answer, limitBytes, signal);
  };
}

/** What the address itself says; a name's addresses are checked when it is resolved. */
function requireAllowed(url: URL, allowPrivate: boolean): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error(`Outgoing requests go by HTTP, not ${url.protocol}`);
  if (url.username !== '' || url.password !== '') throw new Error('Outgoing addresses may not hold credentials');
  const port = url.port === '' ? 443 : Number(url.port);
  if ((port < 1024 && port !== 80 && port !== 443) || foreignPorts.has(port))
    throw new Error(`Outgoing requests may not go to port ${port}`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) !== 0 && isPrivateAddress(host)) throw insideError();
}

/** Any private answer refuses the name. */
function pinnedLookup(allowPrivate: boolean, resolve: Resolver): LookupFunction {
  return (host, options, done) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return done(new Error('The name has no address'), '', 0);
        if (!allowPrivate && addresses.some(({ address }) => isPrivateAddress(address))) return done(insideError(), '', 0);
        if (options.all === true) done(null, [...addresses]);
        else done(null, first.address, first.family);
      },
      (error: Error) => done(error, '', 0),
    );
  };
}

function insideError(): Error {
  return new Error('Outgoing requests may not enter private networks');
}

async function toResponse(answer: IncomingMessage, limitBytes: number, signal: AbortSignal): Promise<Response> {
  const status = answer.statusCode ?? 0;
  if (status >= 300 && status < 400 && answer.headers.location !== undefined) {
    answer.destroy();
    throw new Error('Outgoing requests follow no redirects');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > limitBytes) throw new Error(`The answer is larger than ${limitBytes} bytes`);
      chunks.push(bytes);
    }
  } catch (error) {
    answer.destroy();
    signal.throwIfAborted();
    throw error;
  }
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const empty = status === 204 || status === 205 || status === 304;
  return new Response(empty ? null : Buffer.concat(chunks), { status, headers });
}
