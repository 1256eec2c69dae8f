/** The apps of an environment's OAuth server: registered, shown their secret once, changed and removed. */

import { createClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { letIn } from '../support/let-app-in.ts';
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

test('who let an app in is shown with the app and with the user, and taken back at both', async ({
  dashboard: page,
  project,
  baseURL,
}) => {
  const at = `/projects/${project.ref}`;
  const redirectUri = 'https://planner.example.com/callback';
  const email = 'ada@example.com';
  const [one, two] = await Promise.all(
    ['Planner', 'Diary'].map(async (client_name) => {
      const fields = { client_name, redirect_uris: [redirectUri], client_type: 'public' };
      return z.object({ client_id: z.string() }).parse((await callJson(page, 'POST', `${at}/auth/oauth/clients`, fields)).body)
        .client_id;
    }),
  );
  await callJson(page, 'PATCH', `${at}/config/auth`, { oauth_server_enabled: true });
  await callJson(page, 'POST', `${at}/auth/users`, { email, password: 'secret1', email_confirm: true });
  const keys = z.array(z.looseObject({ name: z.string(), api_key: z.string() }));
  const anon = keys
    .parse((await callJson(page, 'GET', `${at}/api-keys?reveal=true`)).body)
    .find(({ name }) => name === 'anon')?.api_key;
  const url = `${baseURL}/api/${project.ref}`;
  const user = createClient(url, anon ?? '', { auth: { persistSession: false, autoRefreshToken: false } });
  await user.auth.signInWithPassword({ email, password: 'secret1' });
  const ask = (path: string, init?: RequestInit) => fetch(`${url}/auth/v1${path}`, init);
  const planner = await letIn(user, { ask, clientId: one ?? '', redirectUri });
  const diary = await letIn(user, { ask, clientId: two ?? '', redirectUri });
  expect([await planner.reads(), await diary.reads()]).toEqual([true, true]);

  await page.goto(`${at}/oauth-apps`);
  const apps = page.getByRole('region', { name: 'Apps', exact: true });
  await apps.getByRole('button', { name: '1 user of Planner' }).click();
  await page.getByRole('button', { name: `Revoke for ${email}` }).click();
  await expectNoViolations(page, 'shutting an app out');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('Nobody has let it in yet.')).toBeVisible();
  expect([await planner.reads(), await diary.reads()]).toEqual([false, true]);
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(apps.getByRole('button', { name: '0 users of Planner' })).toBeVisible();

  await page.goto(`${at}/users`);
  await page.getByText(email).click();
  const grants = page.getByRole('region', { name: 'Apps' });
  await expect(grants.getByRole('listitem')).toHaveText([/Diary/]);
  await expectNoViolations(page, 'a user with an app');
  await grants.getByRole('button', { name: 'Revoke Diary' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(grants).toHaveCount(0);
  expect([await diary.reads(), await diary.renews()]).toEqual([false, false]);
  await expect(page.getByRole('region', { name: 'Sessions' }).getByRole('listitem')).toHaveCount(1);
});
