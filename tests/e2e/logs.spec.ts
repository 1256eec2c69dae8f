/** The request log: filtered, looked at in detail, live, and taken together. */

import { expectNoViolations } from './axe.ts';
import { expect, test } from './operator.ts';

test('requests are filtered, looked at in detail, come in live, and are taken together', async ({ dashboard: page, project }) => {
  await page.goto(`/projects/${project.ref}/logs`);
  await expect(page.getByText('Nothing was asked of this environment')).toBeVisible();
  const ask = (path: string) =>
    page.evaluate(async ([ref, rest]) => (await fetch(`/api/${ref}/${rest}`)).status, [project.ref, path] as const);
  await ask('rest/v1/nowhere');
  await ask('auth/v1/settings');
  await ask('auth/v1/settings');
  const rows = page.getByRole('region', { name: 'Rows' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(3);
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: '4xx refused' }).click();
  await expect(rows).toHaveCount(1);
  await rows.first().getByRole('button', { name: '/rest/nowhere' }).click();
  const sheet = page.getByRole('dialog', { name: 'GET /rest/nowhere' });
  await expect(sheet.getByRole('region', { name: 'Timing' })).toContainText('Median of 1');
  await expectNoViolations(page, 'request');
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'Any status' }).click();
  await page.getByLabel('Search by path or request id').fill('settings');
  await expect(rows).toHaveCount(2);
  await page.getByLabel('Search by path or request id').fill('nothing like it');
  await expect(page.getByText('None matches these filters')).toBeVisible();
  await page.getByRole('tab', { name: 'What takes long' }).click();
  await expect(rows.filter({ hasText: 'GET /auth/settings' })).toContainText('2');
});
