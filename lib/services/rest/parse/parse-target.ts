/** What a path below `/rest/v1` addresses. */

import { restProblem } from '#lib/services/rest/respond/rest-error.ts';

export type Target = { readonly kind: 'root' } | { readonly kind: 'table' | 'function'; readonly name: string };

/** Throws 404 PGRST125 for anything but `/`, `/table` and `/rpc/function`. */
export function parseTarget(path: string): Target {
  const parts = path.split('/').slice(1);
  if (parts.length === 1 && parts[0] === '') return { kind: 'root' };
  const names = parts.map(decodeSegment);
  const [first, second] = names;
  if (parts.length === 1 && first !== undefined) return { kind: 'table', name: first };
  if (parts.length === 2 && first === 'rpc' && second !== undefined && second !== '') return { kind: 'function', name: second };
  throw restProblem(404, 'PGRST125', 'Invalid path specified in request URL');
}

function decodeSegment(text: string): string {
  try {
    const decoded = decodeURIComponent(text);
    if (!decoded.includes('/') && !decoded.includes('\0')) return decoded;
  } catch {
    // Not a name either way.
  }
  throw restProblem(404, 'PGRST125', 'Invalid path specified in request URL');
}
