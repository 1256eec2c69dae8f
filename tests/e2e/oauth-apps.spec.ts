/** The apps of an environment's OAuth server: registered, shown their secret once, changed and removed. */

import { expectNoViolations } from './axe.ts';
import { callJson, expect, test } from './operator.ts';

test('an app is registered with its secret shown once, edited, given a new secret and removed', async ({
  dashboard: page,
  project,
}) => {
  await page.goto(`/projects/${project.ref}/oauth-apps`);
  const server = page.getByRole('region', { name: 'OAuth server' });
  await expect(page.getByText('No apps yet')).toBeVisible();
  await server.getByRole('switch', { name: 'Let apps sign users in' }).click();
  await expect(server.getByText(`/api/${project.ref}/auth/v1`)).toBeVisible();
  await expectNoViolations(page, 'OAuth apps, none');

  await page.getByRole('button', { name: 'Register app' }).click();
  const dialog = page.getByRole('dialog', { name: 'Register an app' });
  await dialog.getByLabel('Name').fill('Planner');
  await dialog.getByLabel('Redirect addresses').fill('http://planner.example.com/callback');
  await dialog.getByRole('button', { name: 'Register app' }).click();
  await expect(dialog.getByText('HTTP scheme only allowed for localhost')).toBeVisible();
  await dialog.getByLabel('Redirect addresses').fill('https://planner.example.com/callback');
  await dialog.getByRole('button', { name: 'Register app' }).click();
  const shown = page.getByRole('dialog', { name: 'Planner can sign users in' });
  await expect(shown.getByTestId('secret')).toHaveCount(2);
  const first = await shown.getByTestId('secret').last().textContent();
  await expectNoViolations(page, 'client secret');
  await shown.getByRole('button', { name: 'Done' }).click();

  const apps = page.getByRole('region', { name: 'Apps', exact: true });
  await expect(apps.getByText('https://planner.example.com/callback')).toBeVisible();
  await expect(page.getByText(first ?? '')).toHaveCount(0);
  await expectNoViolations(page, 'OAuth apps');
  await apps.getByRole('button', { name: '0 users of Planner' }).click();
  await expect(page.getByText('Nobody has let it in yet.')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();

  await apps.getByRole('button', { name: 'Edit Planner' }).click();
  await page.getByLabel('Name').fill('Diary');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await apps.getByRole('button', { name: 'New secret for Diary' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Make new secret' }).click();
  const renewed = page.getByRole('dialog', { name: 'Diary can sign users in' });
  await expect(renewed.getByTestId('secret').last()).not.toHaveText(first ?? '');
  await renewed.getByRole('button', { name: 'Done' }).click();

  await apps.getByRole('button', { name: 'Remove Diary' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove app' }).click();
  await expect(page.getByText('No apps yet')).toBeVisible();
  const { body } = await callJson(page, 'GET', `/projects/${project.ref}/auth/oauth/clients`);
  expect(body).toMatchObject({ total: 0 });
});
