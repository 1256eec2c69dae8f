/** Another app, which signs users in with `openid-client`: a page with the way in, and what came of it. */

import { createServer } from 'node:http';
import * as openid from 'openid-client';

export interface OtherApp {
  /** Opened in a browser it starts a sign-in; that one comes back to `/callback`. */
  readonly url: string;
  close(): Promise<void>;
}

export interface Client {
  readonly id: string;
  readonly secret: string;
}

/** `register` is given the address to come back to. */
export async function startOtherApp(issuer: string, register: (redirectUri: string) => Promise<Client>): Promise<OtherApp> {
  let start: (() => Promise<string>) | undefined;
  let finish: ((current: URL) => Promise<string>) | undefined;
  const server = createServer(async (request, response) => {
    const current = new URL(request.url ?? '/', url);
    try {
      if (current.pathname === '/callback') response.end((await finish?.(current)) ?? 'nobody began');
      else if (current.pathname !== '/') response.writeHead(404).end();
      else response.writeHead(302, { Location: (await start?.()) ?? '/' }).end();
    } catch (error) {
      response.end(error instanceof openid.AuthorizationResponseError ? `refused: ${error.error}` : String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const redirectUri = `${url}/callback`;
  const client = await register(redirectUri);
  const config = await openid.discovery(new URL(issuer), client.id, undefined, openid.ClientSecretBasic(client.secret), {
    execute: [openid.allowInsecureRequests],
  });
  start = async () => {
    const verifier = openid.randomPKCECodeVerifier();
    const state = openid.randomState();
    finish = async (current) => {
      const checks = { pkceCodeVerifier: verifier, expectedState: state };
      const tokens = await openid.authorizationCodeGrant(config, current, checks);
      const claims = tokens.claims();
      const info = await openid.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
      return `welcome ${String(info.email)}`;
    };
    const question = {
      redirect_uri: redirectUri,
      scope: 'openid email',
      state,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    return openid.buildAuthorizationUrl(config, question).href;
  };
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
