/** Operators' ways in besides the password: the organisation's provider, a passkey, a mailed link. */

import type { Page } from '@playwright/test';
import { type OidcServer, oidcClient, startOidcServer } from '../support/oidc-server.ts';
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts';
import { expectNoViolations } from './axe.ts';
import { call, expect, getCredentials, invite, removeOperator, signIn, test, undo } from './operator.ts';
import { addVirtualAuthenticator } from './virtual-authenticator.ts';

let provider: OidcServer;
let sink: SmtpSink;

test.beforeAll(async ({ baseURL }) => {
  provider = await startOidcServer(`${baseURL}/sso`);
  sink = await startSmtpSink();
});
test.afterAll(async () => {
  await provider.close();
  await sink.close();
});

// The platform's settings are everybody's: they go back whatever became of the test.
test.afterEach(async ({ page }) => {
  expect(await undo(page, 'PATCH', '/instance/sign-in', { sso_enabled: false })).toBe(200);
  expect(await undo(page, 'PATCH', '/instance/mail', { smtp_host: null })).toBe(200);
});

const password = 'a long enough passphrase 17';
const signedIn = (page: Page) => expect(page.getByRole('heading', { name: 'Projects', level: 1 })).toBeVisible();

test('single sign-on is set up, makes the account of who was invited, and connects one that exists', async ({
  dashboard: page,
  project,
  browser,
}) => {
  await page.getByRole('link', { name: 'Platform' }).click();
  const card = page.getByRole('region', { name: 'Sign-in' });
  await card.getByLabel('Issuer').fill(provider.issuer);
  await card.getByLabel('Name of the button').fill('Acme');
  await card.getByLabel('Client ID').fill(oidcClient.id);
  await card.getByLabel('Client secret').fill(oidcClient.secret);
  await card.getByLabel('Offer single sign-on').click();
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Sign-in settings saved')).toBeVisible();
  await expect(card.getByLabel('Client secret')).toHaveValue('********');

  const email = `new-${project.ref}@acme.example`;
  provider.be({ sub: email, email, email_verified: true, name: 'Ada' });
  const guest = await (await browser.newContext()).newPage();
  await guest.goto(new URL('/sign-in?next=/account', page.url()).href);
  await guest.getByRole('button', { name: 'Continue with Acme' }).click();
  await expect(guest.getByRole('alert').filter({ hasText: `There is no account for ${email} here` })).toBeVisible();
  await guest.getByRole('link', { name: 'Back to sign in' }).click();

  expect(await call(page, 'POST', `/projects/${project.ref}/invites`, { email, role: 'developer' })).toBe(201);
  await guest.getByRole('button', { name: 'Continue with Acme' }).click();
  await signedIn(guest);
  await expect(guest.getByText(project.name)).toBeVisible();
  expect(guest.url()).not.toContain('code=');
  await guest.goto(new URL('/account', page.url()).href);
  await expect(guest.getByRole('region', { name: 'Single sign-on' })).toContainText(email);
  await expect(guest.getByRole('region', { name: 'Password' })).toHaveCount(0);
  await guest.context().close();

  const known = `known-${project.ref}@acme.example`;
  await invite(page, project.ref, { email: known, password });
  provider.be({ sub: known, email: known, email_verified: true });
  const other = await (await browser.newContext()).newPage();
  await other.goto(new URL('/sign-in', page.url()).href);
  await other.getByRole('button', { name: 'Continue with Acme' }).click();
  await expect(other.getByText(`There is an account for ${known}`)).toBeVisible();
  await expectNoViolations(other, 'connecting');
  await other.getByLabel('Password').fill('not the password');
  await other.getByRole('button', { name: 'Connect and sign in' }).click();
  await expect(other.getByRole('alert').filter({ hasText: 'The password is wrong' })).toBeVisible();
  await other.getByLabel('Password').fill(password);
  await other.getByRole('button', { name: 'Connect and sign in' }).click();
  await signedIn(other);
  await other.context().close();

  await removeOperator(page, email);
  await removeOperator(page, known);
});

test('a passkey is added with the password, asked for at sign-in, and removed', async ({
  dashboard: page,
  colleague,
  browser,
}) => {
  const { email, password } = colleague;
  // Browsers give no passkeys to addresses in digits.
  const home = new URL('/', page.url());
  home.hostname = 'localhost';
  const mine = await (await browser.newContext()).newPage();
  await addVirtualAuthenticator(mine);
  const enter = async () => {
    await mine.goto(new URL('/sign-in', home).href);
    await mine.getByLabel('E-mail').fill(email);
    await mine.getByLabel('Password').fill(password);
    await mine.getByRole('button', { name: 'Sign in' }).click();
  };
  await enter();
  await signedIn(mine);
  await mine.goto(new URL('/account', home).href);
  const card = mine.getByRole('region', { name: 'Two-factor' });
  await card.getByRole('button', { name: 'Add' }).click();
  const dialog = mine.getByRole('dialog');
  await dialog.getByLabel('Your password').fill('not the password');
  await dialog.getByRole('button', { name: 'Add passkey' }).click();
  await expect(dialog.getByText('The current password is wrong.')).toBeVisible();
  await dialog.getByLabel('Your password').fill(password);
  await dialog.getByRole('button', { name: 'Add passkey' }).click();
  // The first factor of an account brings its recovery codes, once.
  const codes = mine.getByRole('dialog', { name: 'Recovery codes' });
  await expect(codes.getByText(/^([a-z0-9]{4}-){3}[a-z0-9]{4}/)).toBeVisible();
  await codes.getByRole('button', { name: 'I have kept them' }).click();
  await expect(card.getByRole('button', { name: 'Remove Linux' })).toBeVisible();

  await mine.getByRole('button', { name: 'account menu' }).click();
  await mine.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(mine.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await enter();
  await mine.getByRole('button', { name: 'Use a passkey' }).click();
  await signedIn(mine);

  await mine.goto(new URL('/account', home).href);
  await card.getByRole('button', { name: 'Remove Linux' }).click();
  await dialog.getByLabel('Your password').fill(password);
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(card.getByRole('button', { name: 'Remove Linux' })).toHaveCount(0);
  await mine.context().close();
});

test('an invitation is mailed, and a forgotten password is set anew by a mailed link', async ({
  dashboard: page,
  project,
  browser,
}) => {
  await page.goto('/platform');
  const card = page.getByRole('region', { name: 'Mails to operators' });
  await card.getByLabel('Sender address').fill('k@example.com');
  await card.getByLabel('SMTP server').fill('127.0.0.1');
  await card.getByLabel('Port').fill(String(sink.port));
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Mail settings saved')).toBeVisible();
  await card.getByRole('button', { name: 'Send a test mail to me' }).click();
  await expect(page.getByText(`Sent to ${getCredentials().email}`)).toBeVisible();

  const email = `mail-${project.ref}@example.com`;
  await page.goto(`/projects/${project.ref}/members`);
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
  await expect(dialog.getByText(/on its way by mail/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const invitations = page.getByRole('region', { name: 'Invitations' });
  await expect(invitations.getByText('mailed')).toBeVisible();
  const mailTo = (address: string) => sink.received.filter(({ to }) => to.includes(address)).at(-1)?.body ?? '';

  const guest = await (await browser.newContext()).newPage();
  const link = /\/accept-invite#token=[\w-]+/.exec(mailTo(email))?.[0] ?? '';
  await guest.goto(new URL(link, page.url()).href);
  await guest.getByLabel('Name').fill('Guest');
  await guest.getByLabel('Password').fill(password);
  await guest.getByRole('button', { name: 'Accept' }).click();
  await guest.getByRole('link', { name: 'Sign in' }).click();

  await guest.getByRole('link', { name: 'Forgot password?' }).click();
  await expect(guest.getByRole('heading', { name: 'Forgot your password?' })).toBeVisible();
  await guest.getByLabel('E-mail').fill(email);
  await guest.getByRole('button', { name: 'Send the link' }).click();
  await expect(guest.getByRole('status')).toContainText('If there is an account');
  await expect.poll(() => mailTo(email)).toContain('/reset-password#token=');
  await guest.goto(new URL(/\/reset-password#token=[\w-]+/.exec(mailTo(email))?.[0] ?? '', page.url()).href);
  await expectNoViolations(guest, 'reset-password');
  const next = 'another long passphrase 23';
  await guest.getByLabel('New password').fill(next);
  await guest.getByRole('button', { name: 'Set the password' }).click();
  await guest.getByRole('link', { name: 'Sign in' }).click();
  await expect(guest.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await guest.getByLabel('E-mail').fill(email);
  await guest.getByLabel('Password').fill(next);
  await guest.getByRole('button', { name: 'Sign in' }).click();
  await signedIn(guest);
  await guest.context().close();
  await removeOperator(page, email);
});

test('axe finds nothing on the pages around signing in', async ({ dashboard: page, browser }) => {
  for (const [path, last] of [
    ['/platform', 'Mails to operators'],
    ['/account', 'Two-factor'],
  ] as const) {
    await page.goto(path);
    await expect(page.getByRole('region', { name: last })).toBeVisible();
    await expect(page.getByRole('status')).toHaveCount(0);
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await expect(page.locator('html')).toHaveClass(new RegExp(`\\b${theme}\\b`));
      await expectNoViolations(page, `${path} ${theme}`);
    }
  }
  const nobody = await (await browser.newContext()).newPage();
  for (const path of ['/sign-in', '/forgot-password', '/reset-password', '/sso']) {
    await nobody.goto(new URL(path, page.url()).href);
    await expect(nobody.getByRole('heading', { level: 1 })).toBeVisible();
    await expectNoViolations(nobody, path);
  }
  await nobody.context().close();
});

test('what only owners decide is not shown to others', async ({ dashboard: page, colleague, browser }) => {
  const other = await (await browser.newContext()).newPage();
  await signIn(other, new URL('/sign-in', page.url()).href, colleague);
  await signedIn(other);
  await expect(other.getByRole('link', { name: 'Platform' })).toHaveCount(0);
  await other.goto(new URL('/platform', page.url()).href);
  await expect(other.getByText('For owners of the platform')).toBeVisible();
  await other.context().close();
});
