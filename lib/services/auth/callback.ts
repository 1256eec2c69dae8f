/** `GET|POST /callback`: a provider sends the browser back, and we send it on with a session, a code or an error. */

import type { HttpResponse } from '#lib/http/exchange.ts';
import { isProblem, type Problem } from '#lib/http/problem.ts';
import type { OAuthTokens } from '#lib/identity/oauth.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { readBytes } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { type ExternalAccount, linkAccount, resolveAccount } from '#lib/services/auth/external-account.ts';
import { type Flow, issueAuthCode, takeFlowByState } from '#lib/services/auth/flow-states.ts';
import { findIdentity } from '#lib/services/auth/identities.ts';
import { askBeforeUserCreated } from '#lib/services/auth/new-users.ts';
import { writeThenThrow } from '#lib/services/auth/outcome.ts';
import { requireProvider } from '#lib/services/auth/providers.ts';
import { redirectOf, withFragment, withQuery } from '#lib/services/auth/redirects.ts';
import { type OpenedSession, openSession } from '#lib/services/auth/sessions.ts';
import { toTokenFields } from '#lib/services/auth/token-response.ts';
import { findUserByEmail } from '#lib/services/auth/users.ts';
import { seeOther, toErrorTarget, toFragment } from '#lib/services/auth/verify-link.ts';

type Arrival = { readonly opened: OpenedSession } | { readonly code: string };

export async function handleCallback(context: AuthContext): Promise<HttpResponse> {
  const form =
    context.method === 'POST' ? new URLSearchParams(new TextDecoder().decode(await readBytes(context))) : context.query;
  const state = form.get('state') ?? '';
  // Without a state of ours nobody knows where the browser belongs, so it is sent nowhere.
  if (state === '') throw authError(400, 'bad_oauth_callback', 'OAuth state parameter missing');
  const flow = await context.database.write((connection) => takeFlowByState(connection, context, state));
  if (flow === null) throw authError(400, 'bad_oauth_state', 'OAuth state parameter is invalid');
  const target = redirectOf(context, flow.redirectTo);
  try {
    return seeOther(await arrive(context, flow, form, target));
  } catch (error) {
    if (!isProblem(error)) throw error;
    return seeOther(
      toErrorTarget(target, error.status >= 500 ? 'server_error' : 'access_denied', error, flow.challenge !== null),
    );
  }
}

async function arrive(context: AuthContext, flow: Flow, form: URLSearchParams, target: string): Promise<string> {
  const refusal = form.get('error');
  if (refusal !== null) throw authError(400, 'bad_oauth_callback', form.get('error_description') ?? refusal);
  const code = form.get('code') ?? '';
  if (code === '') throw authError(400, 'bad_oauth_callback', 'OAuth code parameter missing');
  const provider = await requireProvider(context, flow.provider);
  const tokens = await provider.client.exchange(code, flow.verifier ?? '', context.ports.fetch);
  const profile = await provider.profile(tokens, flow.nonce);
  const account = { provider: provider.name, profile, emailOptional: provider.emailOptional };
  await askIfNew(context, flow, account);
  const arrival = await writeThenThrow(context.database, (connection): Arrival | Problem => {
    const user =
      flow.linkingUserId === null
        ? resolveAccount(connection, context, account)
        : linkAccount(connection, context, flow.linkingUserId, account);
    if (isProblem(user)) return user;
    if (flow.challenge !== null)
      return { code: issueAuthCode(connection, context, flow.id, user.id, JSON.stringify(toProviderTokens(tokens))) };
    return { opened: openSession(connection, context, user, { method: 'oauth', provider: provider.name }) };
  });
  if ('code' in arrival) return withQuery(target, { code: arrival.code });
  return withFragment(target, { ...toFragment(await toTokenFields(context, arrival.opened)), ...toProviderTokens(tokens) });
}

/** The hook is asked before the write, so newness is judged here and once more by the write itself. */
export async function askIfNew(
  context: AuthContext,
  flow: Pick<Flow, 'linkingUserId'>,
  { provider, profile }: ExternalAccount,
): Promise<void> {
  if (flow.linkingUserId !== null) return;
  const isKnown = context.database.read(
    (connection) =>
      findIdentity(connection, provider, profile.id) !== null ||
      (profile.email !== null && findUserByEmail(connection, profile.email) !== null),
  );
  if (!isKnown)
    await askBeforeUserCreated(context, { ...(profile.email === null ? {} : { email: profile.email }), data: {}, provider });
}

function toProviderTokens(tokens: OAuthTokens): Record<string, string> {
  return {
    provider_token: tokens.accessToken,
    ...(tokens.refreshToken === null ? {} : { provider_refresh_token: tokens.refreshToken }),
  };
}
