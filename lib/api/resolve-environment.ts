/** Host or path → which environment, which service, and the path below it. */

import { Problem } from '#lib/http/problem.ts';
import type { EnvironmentDirectory, EnvironmentRecord } from '#lib/identity/environment.ts';

export interface Address {
  readonly ref: string;
  /** `rest`, `auth`, `storage`, … */
  readonly service: string;
  /** Below `/<service>/v1`, starting with a slash. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Where this environment answers, as a path: `/api/shop`, or empty when addressed by host name. */
  readonly base: string;
}

const byPath = /^\/api\/([a-z][a-z0-9-]*)\/([a-z]+)\/v1(\/[^?]*)?(?:\?(.*))?$/s;
/** RFC 8414 puts the well-known part in front of the issuer's path; MCP clients look there first. */
const wellKnown =
  /^(\/\.well-known\/(?:oauth-authorization-server|openid-configuration))(\/(?:api\/[a-z][a-z0-9-]*\/)?auth\/v1)\/?(\?.*)?$/s;
const byHost = /^\/([a-z]+)\/v1(\/[^?]*)?(?:\?(.*))?$/s;

/** Null for a URL that addresses no environment. */
export function findAddress(url: string, host: string | null, domain: string | null): Address | null {
  const metadata = url.startsWith('/.well-known/') ? wellKnown.exec(url) : null;
  if (metadata !== null) return findAddress(`${metadata[2]}${metadata[1]}${metadata[3] ?? ''}`, host, domain);
  const found = byPath.exec(url);
  if (found !== null) {
    return {
      ref: found[1] ?? '',
      service: found[2] ?? '',
      path: found[3] ?? '/',
      query: found[4] ?? '',
      base: `/api/${found[1]}`,
    };
  }
  if (domain === null || host === null) return null;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (!name.endsWith(`.${domain}`)) return null;
  const rest = byHost.exec(url);
  if (rest === null) return null;
  return { ref: name.slice(0, -domain.length - 1), service: rest[1] ?? '', path: rest[2] ?? '/', query: rest[3] ?? '', base: '' };
}

/** Throws 404 for an unknown environment and 503 for one that does not serve now. */
export function getEnvironment(directory: EnvironmentDirectory, ref: string): EnvironmentRecord | Promise<EnvironmentRecord> {
  const found = directory.find(ref);
  return found instanceof Promise ? found.then((record) => requireServing(record, ref)) : requireServing(found, ref);
}

function requireServing(record: EnvironmentRecord | null, ref: string): EnvironmentRecord {
  if (record === null || record.status === 'deleting') {
    throw new Problem({ status: 404, code: 'environment_not_found', message: `There is no environment '${ref}' here` });
  }
  if (record.status === 'active') return record;
  throw new Problem({
    status: 503,
    code: 'environment_unavailable',
    message: record.status === 'paused' ? `The environment '${ref}' is paused` : `The environment '${ref}' is being set up`,
    hint: record.status === 'paused' ? 'Resume it in the dashboard or with the CLI.' : 'Try again in a moment.',
    headers: ['Retry-After', record.status === 'paused' ? '60' : '1'],
  });
}
