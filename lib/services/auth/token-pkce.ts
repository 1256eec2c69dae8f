/** `grant_type=pkce`: the code from a link or a provider, and the verifier only the starting client knows. */

import { z } from 'zod';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import { readBody, text } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { takeFlowByCode } from '#lib/services/auth/flow-states.ts';
import { isObject } from '#lib/services/auth/rows.ts';
import { openSession } from '#lib/services/auth/sessions.ts';
import { tokenResponse } from '#lib/services/auth/token-response.ts';
import { findUser, isBanned } from '#lib/services/auth/users.ts';

const bodySchema = z.object({ auth_code: text, code_verifier: text });

export async function grantByCode(context: AuthContext): Promise<HttpResponse> {
  const { auth_code: code, code_verifier: verifier } = await readBody(context, bodySchema);
  if (code === '' || verifier === '')
    throw validationFailed('invalid request: both auth code and code verifier should be non-empty');
  const { flow, opened } = await context.database.write((connection) => {
    const taken = takeFlowByCode(connection, context, code, verifier);
    const user = taken.userId === null ? null : findUser(connection, taken.userId);
    if (user === null) throw authError(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found');
    if (isBanned(user, context.now())) throw authError(400, 'user_banned', 'User is banned');
    const provider = taken.authenticationMethod === 'oauth' ? { provider: taken.provider } : {};
    return { flow: taken, opened: openSession(connection, context, user, { method: taken.authenticationMethod, ...provider }) };
  });
  const tokens: unknown = flow.providerTokens === null ? {} : JSON.parse(flow.providerTokens);
  return tokenResponse(context, opened, isObject(tokens) ? tokens : {});
}
