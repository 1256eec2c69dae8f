/** The example page in a real browser against the real server: every way in, the second factor, refresh and the rate limit. */

import { expect, type Page, test } from '@playwright/test';
import { Secret, TOTP } from 'otpauth';
import { type Example, startExample } from './auth-example.ts';
import { startOtherApp } from './other-app.ts';
import { addVirtualAuthenticator } from './virtual-authenticator.ts';

const password = 'correct horse 7';
let example: Example;

test.beforeAll(async ({ baseURL }) => {
  example = await startExample(baseURL ?? '');
});
test.afterAll(() => example.close());
test.beforeEach(async ({ page }) => {
  await page.goto(example.url);
});

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

async function fill(page: Page, email: string, secret = password): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(secret);
}

const expectUser = (page: Page, email: string) => expect(page.getByRole('heading', { name: email, level: 1 })).toBeVisible();

/** Signs up and follows the link of the mail, which signs in. */
async function join(page: Page, email: string, at = example): Promise<void> {
  await fill(page, email);
  await press(page, 'Sign up');
  await expect(page.getByRole('status')).toHaveText('Look into your inbox');
  await page.goto((await at.readMail(email)).link);
  await expectUser(page, email);
}

test('sign up, confirm from the inbox, sign in with the password, refresh', async ({ page }) => {
  await fill(page, 'ada@example.com');
  await press(page, 'Sign up');
  await expect(page.getByRole('status')).toHaveText('Look into your inbox');
  const { link } = await example.readMail('ada@example.com');
  await press(page, 'Sign in');
  await expect(page.getByRole('alert')).toHaveText('Email not confirmed');

  await page.goto(link);
  await expectUser(page, 'ada@example.com');
  expect(page.url()).not.toContain('access_token');
  await press(page, 'Sign out');
  await fill(page, 'ada@example.com');
  await press(page, 'Sign in');
  await expectUser(page, 'ada@example.com');
  const token = () => page.evaluate(() => JSON.stringify(Object.entries(localStorage)));
  const before = await token();
  await press(page, 'Refresh the session');
  await expect(page.getByText('Session refreshed')).toBeVisible();
  expect(await token()).not.toBe(before);
  await page.reload();
  await expectUser(page, 'ada@example.com');
});

test('a mailed link and a mailed code sign in, each once', async ({ page }) => {
  await join(page, 'bob@example.com');
  await press(page, 'Sign out');
  await page.getByLabel('Email').fill('bob@example.com');
  await press(page, 'Send me a link');
  const { link } = await example.readMail('bob@example.com');
  await page.goto(link);
  await expectUser(page, 'bob@example.com');
  await press(page, 'Sign out');
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect(page.url()).toContain('otp_expired');

  await page.getByLabel('Email').fill('bob@example.com');
  await press(page, 'Send me a link');
  await page.getByLabel('Code from the mail').fill((await example.readMail('bob@example.com')).code);
  await press(page, 'Use the code');
  await expectUser(page, 'bob@example.com');
});

test('an OpenID provider signs in', async ({ page }) => {
  example.provider.be({ sub: 'c1', email: 'cy@idp.example', email_verified: true, name: 'Cy' });
  await press(page, 'Continue with the OpenID provider');
  await expectUser(page, 'cy@idp.example');
});

test('a second factor lifts the session, also after the next sign-in', async ({ page }) => {
  await join(page, 'dee@example.com');
  await press(page, 'Add a second factor');
  const secret = Secret.fromBase32((await page.locator('code').textContent()) ?? '');
  const totp = new TOTP({ secret });
  await page.getByLabel('Code of your app').fill('000000');
  await press(page, 'Verify');
  await expect(page.getByRole('alert')).toHaveText('Invalid TOTP code entered');
  await page.getByLabel('Code of your app').fill(totp.generate());
  await press(page, 'Verify');
  await expect(page.getByText('Level aal2')).toBeVisible();
  await press(page, 'Sign out');

  await fill(page, 'dee@example.com');
  await press(page, 'Sign in');
  await expect(page.getByText('Level aal1')).toBeVisible();
  // The next step's code: the one just used works no second time.
  await page.getByLabel('Code of your app').fill(totp.generate({ timestamp: Date.now() + 30_000 }));
  await press(page, 'Verify');
  await expect(page.getByText('Level aal2')).toBeVisible();
});

test('a passkey signs in by itself, another only who owns it', async ({ page }) => {
  const passkeys = await addVirtualAuthenticator(page);
  await join(page, 'fay@example.com');
  await press(page, 'Add a passkey');
  await expect(page.getByText('Passkey added')).toBeVisible();
  await press(page, 'Sign out');
  await press(page, 'Sign in with a passkey');
  await expectUser(page, 'fay@example.com');
  await press(page, 'Sign out');
  // Somebody's authenticator that knows nothing of this site.
  await passkeys.replace();
  await press(page, 'Sign in with a passkey');
  await expect(page.getByRole('alert')).not.toBeEmpty();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('a security key is a second factor', async ({ page }) => {
  await addVirtualAuthenticator(page, 'usb');
  await join(page, 'gil@example.com');
  await press(page, 'Add a security key');
  await expect(page.getByText('Security key added')).toBeVisible();
  await expect(page.getByText('Level aal2')).toBeVisible();
  await press(page, 'Sign out');
  await fill(page, 'gil@example.com');
  await press(page, 'Sign in');
  await expect(page.getByText('Level aal1')).toBeVisible();
  await press(page, 'Use the security key');
  await expect(page.getByText('Level aal2')).toBeVisible();
});

test('guessing a password is slowed down', async ({ page, baseURL }) => {
  // A project of its own: what is used up here would be missing in whatever test comes next.
  const own = await startExample(baseURL ?? '');
  try {
    await page.goto(own.url);
    await join(page, 'eve@example.com', own);
    await press(page, 'Sign out');
    const guess = async (secret: string) => {
      await fill(page, 'eve@example.com', secret);
      const answered = page.waitForResponse((response) => response.url().includes('/token?grant_type=password'));
      await press(page, 'Sign in');
      return (await answered).status();
    };
    const statuses: number[] = [];
    while (statuses.at(-1) !== 429 && statuses.length <= 10) statuses.push(await guess(`wrong ${statuses.length}`));
    expect(statuses.slice(0, 5)).toEqual([400, 400, 400, 400, 400]);
    expect(statuses.at(-1)).toBe(429);
    expect(await guess(password)).toBe(429);
    await expect(page.getByRole('alert')).toContainText('Slow down');
  } finally {
    await own.close();
  }
});

test('another app signs a user in through the consent page; a no is a no, and a yes is asked for once', async ({ page }) => {
  await join(page, 'olga@example.com');
  await press(page, 'Sign out');
  const app = await startOtherApp(example.issuer, example.addClient);
  try {
    await page.goto(app.url);
    // Nobody is signed in: the page signs them in first, and then asks.
    await fill(page, 'olga@example.com');
    await press(page, 'Sign in');
    await expect(page.getByRole('heading', { name: 'Planner wants to sign you in' })).toBeVisible();
    await expect(page.getByText(new URL(app.url).host)).toBeVisible();
    await expect(page.getByRole('listitem')).toHaveText(['who you are', 'your email address']);
    await press(page, 'Deny');
    await expect(page.getByText('refused: access_denied')).toBeVisible();

    await page.goto(app.url);
    await press(page, 'Allow');
    await expect(page.getByText('welcome olga@example.com')).toBeVisible();
    await page.goto(app.url);
    await expect(page.getByText('welcome olga@example.com')).toBeVisible();

    await page.goto(`${example.url}/oauth/consent?authorization_id=nonsense`);
    await expect(page.getByRole('alert')).toBeVisible();
  } finally {
    await app.close();
  }
});
