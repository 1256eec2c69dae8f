/** `GET /verify`: the link in a mail. Signs in and sends the browser on; a HEAD or a prefetch consumes nothing. */

import { emptyResponse, type HttpResponse } from '#lib/http/exchange.ts';
import { isProblem, type Problem } from '#lib/http/problem.ts';
import { escapeHtml } from '#lib/identity/mail-template.ts';
import { isPkceToken } from '#lib/identity/one-time-tokens.ts';
import { validationFailed } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { readBytes } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { limitAddress } from '#lib/services/auth/limits.ts';
import { takeByLink } from '#lib/services/auth/one-time-tokens.ts';
import { writeThenThrow } from '#lib/services/auth/outcome.ts';
import { findAcceptedTypes } from '#lib/services/auth/redeem.ts';
import { redirectOf, withFragment, withQuery } from '#lib/services/auth/redirects.ts';
import { type TokenFields, toTokenFields } from '#lib/services/auth/token-response.ts';
import { complete, halfwayMessage, invalidToken, type Verified, verifyToken } from '#lib/services/auth/verify.ts';

export async function followLink(context: AuthContext): Promise<HttpResponse> {
  if (isPrefetch(context)) return emptyResponse(204, noStore);
  if (authSettingsOf(context.environment).mailer_link_confirmation === 'page') return confirmationPage(context);
  return redeemLink(context, context.query);
}

/** HEAD is a mail scanner's question, not a click. */
export function peekLink(): HttpResponse {
  return emptyResponse(200, noStore);
}

/** `POST /verify` is JSON from a client, or the form of the confirmation page. */
export async function verifyPosted(context: AuthContext): Promise<HttpResponse> {
  const isForm = (context.request.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded');
  if (!isForm) return verifyToken(context);
  return redeemLink(context, new URLSearchParams(new TextDecoder().decode(await readBytes(context))));
}

async function redeemLink(context: AuthContext, form: URLSearchParams): Promise<HttpResponse> {
  const token = form.get('token') ?? '';
  const type = form.get('type') ?? '';
  const types = findAcceptedTypes(type);
  if (token === '') throw validationFailed('Verify requires a token or a token hash');
  if (types === null) throw validationFailed('Verify requires a verification type');
  const target = redirectOf(context, form.get('redirect_to'));
  const pkce = isPkceToken(token);
  try {
    await limitAddress(context, 'verify');
    const verified = await writeThenThrow(context.database, (connection): Verified | Problem => {
      const taken = takeByLink(connection, context, token, types);
      return taken === null ? invalidToken(true) : complete(connection, context, taken, true);
    });
    return seeOther(await toTarget(context, target, type, pkce, verified));
  } catch (error) {
    if (!isProblem(error)) throw error;
    return seeOther(toErrorTarget(target, 'access_denied', error, pkce));
  }
}

async function toTarget(context: AuthContext, target: string, type: string, pkce: boolean, verified: Verified): Promise<string> {
  if (verified.kind === 'code') return withQuery(target, { code: verified.code });
  if (verified.kind === 'halfway') return (pkce ? withQuery : withFragment)(target, { message: halfwayMessage });
  return withFragment(target, { ...toFragment(await toTokenFields(context, verified.opened)), type });
}

/** A session as the implicit flow hands it over. */
export function toFragment(fields: TokenFields): Record<string, string> {
  return {
    access_token: fields.access_token,
    expires_at: String(fields.expires_at),
    expires_in: String(fields.expires_in),
    refresh_token: fields.refresh_token,
    token_type: fields.token_type,
    sb: '',
  };
}

/** Errors go to the fragment, and for PKCE clients, which read the query, there as well. */
export function toErrorTarget(target: string, error: string, problem: Problem, pkce: boolean): string {
  const values = { error, error_code: problem.code, error_description: problem.message };
  return withFragment(pkce ? withQuery(target, values) : target, values);
}

const noStore = ['Cache-Control', 'no-store', 'Referrer-Policy', 'no-referrer'];

export function seeOther(location: string): HttpResponse {
  return emptyResponse(303, ['Location', location, ...noStore]);
}

function isPrefetch(context: AuthContext): boolean {
  const purpose = `${context.request.header('purpose') ?? ''} ${context.request.header('sec-purpose') ?? ''} ${context.request.header('x-moz') ?? ''}`;
  return /prefetch|preview|prerender/i.test(purpose);
}

function confirmationPage(context: AuthContext): HttpResponse {
  const field = (name: string) => `<input type="hidden" name="${name}" value="${escapeHtml(context.query.get(name) ?? '')}">`;
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Continue</title>
<body style="font:16px system-ui;display:grid;place-items:center;min-height:90vh"><form method="post" action="verify">
${field('token')}${field('type')}${field('redirect_to')}<button style="font:inherit;padding:.75em 2em">Continue</button></form></body></html>`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'; form-action *; frame-ancestors 'none'";
  return {
    status: 200,
    headers: ['Content-Type', 'text/html; charset=utf-8', 'Content-Security-Policy', policy, ...noStore],
    body,
  };
}
