/** A user lets another app in, by way of supabase-js: what the consent page and the app's own server do together. */

import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { newVerifier } from './oauth-flow.ts';

export interface OtherApp {
  /** Asks the auth service below `…/auth/v1`. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly clientId: string;
  readonly redirectUri: string;
}

export interface Code {
  readonly code: string;
  readonly verifier: string;
}

const tokens = z.object({ access_token: z.string(), refresh_token: z.string() });

/** A code the app has not redeemed yet; `user` is signed in. */
export async function agree(user: SupabaseClient, { ask, clientId, redirectUri }: OtherApp): Promise<Code> {
  const { verifier, challenge } = newVerifier();
  const asked = {
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  const page = (await ask(`/oauth/authorize?${new URLSearchParams(asked)}`, { redirect: 'manual' })).headers.get('location');
  const id = new URL(page ?? '').searchParams.get('authorization_id') ?? '';
  const details = await user.auth.oauth.getAuthorizationDetails(id);
  const isKnown = details.data !== null && 'redirect_url' in details.data;
  const approved = isKnown ? details : await user.auth.oauth.approveAuthorization(id);
  const { redirect_url } = z.object({ redirect_url: z.string() }).parse(approved.data);
  return { code: new URL(redirect_url).searchParams.get('code') ?? '', verifier };
}

/** The app of a public client redeems the code. */
export function redeem({ ask, clientId }: OtherApp, { code, verifier }: Code): Promise<Response> {
  const body = { grant_type: 'authorization_code', client_id: clientId, code, code_verifier: verifier };
  return ask('/oauth/token', { method: 'POST', body: new URLSearchParams(body) });
}

/** Both; tells whether what the app holds still works. */
export async function letIn(user: SupabaseClient, app: OtherApp) {
  const held = tokens.parse(await (await redeem(app, await agree(user, app))).json());
  return {
    async reads(): Promise<boolean> {
      const headers = { authorization: `Bearer ${held.access_token}` };
      return (await app.ask('/oauth/userinfo', { headers })).status === 200;
    },
    async renews(): Promise<boolean> {
      const body = { grant_type: 'refresh_token', client_id: app.clientId, refresh_token: held.refresh_token };
      return (await app.ask('/oauth/token', { method: 'POST', body: new URLSearchParams(body) })).status === 200;
    },
  };
}
