/** Captcha verification: Turnstile and hCaptcha answer the same protocol. */

import { z } from 'zod';

export interface Captcha {
  /** Null when the token holds, else the provider's error codes joined by commas. Unreachable counts as failed. */
  verify(request: {
    provider: 'hcaptcha' | 'turnstile';
    secret: string;
    token: string;
    clientAddress: string | null;
  }): Promise<string | null>;
}

const addresses = {
  hcaptcha: 'https://api.hcaptcha.com/siteverify',
  turnstile: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
};

const answerSchema = z.object({ success: z.boolean(), 'error-codes': z.array(z.string()).optional() });
const timeoutMs = 10_000;

/** `fetcher` is global fetch except in tests. */
export function createCaptcha(fetcher: typeof fetch = fetch): Captcha {
  return {
    async verify({ provider, secret, token, clientAddress }) {
      if (token === '') return 'no captcha response found in request';
      const form = new URLSearchParams({ secret, response: token });
      if (clientAddress !== null) form.set('remoteip', clientAddress);
      try {
        const response = await fetcher(addresses[provider], {
          method: 'POST',
          body: form,
          signal: AbortSignal.timeout(timeoutMs),
        });
        if (!response.ok) return 'captcha verification is unavailable';
        const answer = answerSchema.parse(await response.json());
        return answer.success ? null : (answer['error-codes'] ?? ['rejected']).join(', ');
      } catch {
        return 'captcha verification is unreachable';
      }
    },
  };
}
