/** A real OpenID provider on the loopback, whose only user signs in by asking. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';

export interface OidcServer {
  readonly issuer: string;
  /** Who signs in from here on. */
  be(user: { sub: string; email: string; email_verified: boolean; name?: string }): void;
  /** Follows an authorization URL as a browser would, to the callback it ends at. */
  signIn(authorizationUrl: string): Promise<URL>;
  /** How many requests reached it so far. */
  requests(): number;
  close(): Promise<void>;
}

export const oidcClient = { id: 'koyalite-test', secret: 'a-test-client-secret' };

export async function startOidcServer(redirectUri: string): Promise<OidcServer> {
  let user: { sub: string; email: string; email_verified: boolean; name?: string } = {
    sub: 'u1',
    email: 'u1@idp.example',
    email_verified: true,
  };
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => {};
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    void handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: oidcClient.id,
        client_secret: oidcClient.secret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { email: ['email', 'email_verified'], profile: ['name'], openid: ['sub'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ['test cookie key'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ ...user, sub: id }) }),
  });
  const answer = provider.callback();
  handle = async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, response);
    const { prompt, params } = await provider.interactionDetails(request, response);
    if (prompt.name === 'login') {
      return provider.interactionFinished(request, response, { login: { accountId: user.sub } });
    }
    const grant = new provider.Grant({ accountId: user.sub, clientId: String(params.client_id) });
    grant.addOIDCScope('openid email profile');
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  };
  return {
    issuer,
    be: (next) => {
      user = next;
    },
    async signIn(authorizationUrl) {
      const cookies = new Map<string, string>();
      let url = new URL(authorizationUrl);
      for (let hops = 0; hops < 10 && url.origin === issuer; hops++) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
        for (const line of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          cookies.set(name, value);
        }
        const location = response.headers.get('location');
        if (location === null)
          throw new Error(`The provider stopped at ${response.status}: ${(await response.text()).slice(0, 300)}`);
        url = new URL(location, url);
      }
      return url;
    },
    requests: () => requests,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
