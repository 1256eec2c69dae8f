/** The wall against forged requests: what a browser does with an operator's cookie must come from the dashboard itself. */

import type { HttpRequest } from '#lib/http/exchange.ts';
import { Problem } from '#lib/http/problem.ts';

/**
 * 403 unless the request comes from this server's own pages. `strict` also refuses requests that do not say where they
 * come from: every browser says, so only a program could leave it out, and programs have tokens.
 */
export function requireSameOrigin(request: HttpRequest, publicUrl: string | null, strict: boolean): void {
  const site = request.header('sec-fetch-site');
  const origin = request.header('origin');
  if (site !== null ? site === 'same-origin' : origin !== null ? isOwn(origin, request, publicUrl) : !strict) return;
  throw new Problem({
    status: 403,
    code: 'cross_origin',
    message: 'The request did not come from the dashboard.',
    hint: 'Programs sign in with a token: Authorization: Bearer.',
  });
}

function isOwn(origin: string, request: HttpRequest, publicUrl: string | null): boolean {
  if (publicUrl !== null && origin === new URL(publicUrl).origin) return true;
  const host = request.header('host');
  return host !== null && (origin === `http://${host}` || origin === `https://${host}`);
}
