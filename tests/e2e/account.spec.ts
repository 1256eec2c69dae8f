/** Members of a project, and the operator's own account. */

import type { Locator } from '@playwright/test';
import { TOTP } from 'otpauth';
import { expect, removeOperator, signIn, test } from './operator.ts';

async function readText(locator: Locator): Promise<string> {
  return ((await locator.textContent()) ?? '').trim();
}

test('somebody is invited by a link, joins, and is removed', async ({ dashboard: page, project, browser }) => {
  const email = `${project.ref}@example.com`;
  await page.goto(`/projects/${project.ref}/members`);
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
  const link = await readText(dialog.getByTestId('secret'));
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('region', { name: 'Invitations' })).toContainText(email);

  const guest = await browser.newPage();
  const url = new URL(link);
  await guest.goto(new URL(url.pathname + url.hash, page.url()).href);
  await guest.getByLabel('Name').fill('Guest');
  await guest.getByLabel('Password').fill('a long enough passphrase 17');
  await guest.getByRole('button', { name: 'Accept' }).click();
  await expect(guest.getByRole('status')).toContainText(email);
  await guest.close();

  await page.reload();
  const members = page.getByRole('region', { name: 'Members' });
  await expect(members.getByRole('listitem').filter({ hasText: email })).toBeVisible();
  await members.getByRole('combobox', { name: `Role of ${email}` }).click();
  await page.getByRole('option', { name: 'Viewer' }).click();
  await expect(page.getByText(`${email} is viewer now`)).toBeVisible();
  await members.getByRole('button', { name: `Remove ${email}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove member' }).click();
  await expect(members.getByText(email)).toHaveCount(0);
  await removeOperator(page, email);
});

test('an access token is shown once, works, and is revoked', async ({ dashboard: page, baseURL, request }) => {
  const name = `e2e ${Math.random().toString(36).slice(2, 8)}`;
  await page.goto('/account');
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Create token' }).click();
  const token = await readText(dialog.getByTestId('secret'));
  await dialog.getByRole('button', { name: 'Done' }).click();
  const ask = () => request.get(`${baseURL}/api/platform/v1/projects`, { headers: { Authorization: `Bearer ${token}` } });
  expect((await ask()).status()).toBe(200);
  await page.reload();
  await expect(page.getByRole('button', { name: `Revoke ${name}` })).toBeVisible();
  await expect(page.getByText(token)).toHaveCount(0);
  await page.getByRole('button', { name: `Revoke ${name}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke token' }).click();
  await expect(page.getByText(name, { exact: true })).toHaveCount(0);
  expect((await ask()).status()).toBe(401);
});

test('a wrong present password changes nothing', async ({ dashboard, colleague, browser }) => {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, new URL('/sign-in?next=/account', dashboard.url()).href, colleague);
  const card = page.getByRole('region', { name: 'Password' });
  await card.getByLabel('Present password').fill('not the password');
  await card.getByLabel('New password').fill('another long passphrase 23');
  await card.getByRole('button', { name: 'Change password' }).click();
  await expect(card.getByRole('alert').filter({ hasText: /./ })).toBeVisible();
  await page.context().close();
  const again = await (await browser.newContext()).newPage();
  await signIn(again, new URL('/sign-in', dashboard.url()).href, colleague);
  await expect(again.getByRole('heading', { name: 'Projects', level: 1 })).toBeVisible();
  await again.context().close();
});

test('an authenticator app is set up, asked for at sign-in, and removed', async ({ dashboard, colleague, browser }) => {
  const { email, password } = colleague;
  const page = await (await browser.newContext()).newPage();
  await signIn(page, new URL('/sign-in?next=/account', dashboard.url()).href, colleague);
  const card = page.getByRole('region', { name: 'Two-factor' });
  await card.getByRole('button', { name: 'Set up' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Your password').fill(password);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByRole('img', { name: /QR code/ })).toBeVisible();
  const secret = await readText(dialog.getByTestId('totp-secret'));
  await dialog.getByLabel('Six digits').fill(new TOTP({ secret: secret }).generate());
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  const codes = (await readText(dialog.getByTestId('secret'))).split(/\s+/);
  expect(codes).toHaveLength(10);
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await expect(card.getByText('10 left')).toBeVisible();

  const other = await (await browser.newContext()).newPage();
  await signIn(other, new URL('/sign-in', page.url()).href, { email, password });
  await other.getByLabel('Code').fill(codes[0] ?? '');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(other.getByRole('heading', { name: 'Projects', level: 1 })).toBeVisible();
  await other.context().close();

  await page.reload();
  await expect(card.getByText('9 left')).toBeVisible();
  await card.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByLabel('Your password').fill(password);
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(card.getByRole('button', { name: 'Set up' })).toBeVisible();
  await page.context().close();
});
