/** Parts of GoTrue that KoyaLite leaves out, answered as GoTrue answers when they are switched off. */

import { z } from 'zod';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { requireAdmin } from '#lib/services/auth/bearer.ts';
import { readBody, text } from '#lib/services/auth/body.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';

export async function refuseWeb3(context: AuthContext): Promise<HttpResponse> {
  const { chain } = await readBody(context, z.object({ chain: text }));
  if (chain !== 'solana' && chain !== 'ethereum') throw authError(400, 'web3_unsupported_chain', 'Unsupported chain');
  throw authError(422, 'web3_provider_disabled', 'Web3 provider is disabled');
}

export function refuseSaml(): never {
  throw authError(404, 'saml_provider_disabled', 'SAML 2.0 is disabled');
}

/** The administrator's side, which answers only to administrators. */
export function refuseSamlAdmin(context: AuthContext): never {
  requireAdmin(context);
  return refuseSaml();
}
