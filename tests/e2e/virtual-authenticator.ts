/** An authenticator inside Chromium, by its DevTools protocol: it makes and uses passkeys without asking anybody. */

import type { Page } from '@playwright/test';

export interface VirtualAuthenticator {
  /** In its place one that holds nothing. */
  replace(): Promise<void>;
}

/** `internal` is the device itself, `usb` a security key. */
export async function addVirtualAuthenticator(
  page: Page,
  transport: 'internal' | 'usb' = 'internal',
): Promise<VirtualAuthenticator> {
  const client = await page.context().newCDPSession(page);
  await client.send('WebAuthn.enable');
  const add = async () => {
    const options = {
      protocol: 'ctap2',
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const;
    return (await client.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId;
  };
  let id = await add();
  return {
    async replace() {
      await client.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: id });
      id = await add();
    },
  };
}
