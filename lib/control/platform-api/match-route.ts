/** Finds the route of a method and path. */

import type { Route } from '#lib/control/platform-api/api-route.ts';
import { Problem } from '#lib/http/problem.ts';

export interface Match {
  route: Route;
  params: Record<string, string>;
}

interface Pattern {
  route: Route;
  parts: readonly string[];
}

/** Makes a matcher; `path` is below `/api/platform/v1`, still percent-encoded. 404 for no path, 405 for no method. */
export function makeMatcher(routes: readonly Route[]): (method: string, path: string) => Match {
  const patterns: Pattern[] = routes.map((route) => ({ route, parts: route.path.slice(1).split('/') }));
  return (method, path) => {
    const given = path.slice(1).split('/').map(decode);
    const allowed = new Set<string>();
    for (const { route, parts } of patterns) {
      const params = matchParts(parts, given);
      if (params === null) continue;
      if (route.method === method || (method === 'HEAD' && route.method === 'GET')) return { route, params };
      allowed.add(route.method);
    }
    if (allowed.size === 0) throw new Problem({ status: 404, code: 'not_found', message: 'There is nothing at this address.' });
    throw new Problem({
      status: 405,
      code: 'method_not_allowed',
      message: `This address does not take ${method}.`,
      headers: ['Allow', [...allowed].join(', ')],
    });
  };
}

function matchParts(parts: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (parts.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const text = given[index] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = text;
    else if (part !== text) return null;
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Problem({ status: 400, code: 'invalid_request', message: 'The address is not properly encoded.' });
  }
}
