/** The pages about who may do what: policies with their trial, roles of the app, security advice. */

import type { Page } from '@playwright/test';
import { expectNoViolations } from './axe.ts';
import { callJson, expect, test } from './operator.ts';

async function run(page: Page, ref: string, query: string): Promise<void> {
  const answer = await callJson(page, 'POST', `/projects/${ref}/database/query`, { query });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
}

async function addUser(page: Page, ref: string, email: string): Promise<string> {
  const answer = await callJson(page, 'POST', `/projects/${ref}/auth/users`, { email, email_confirm: true });
  return (answer.body as { id: string }).id;
}

test('a policy is written from a template, tried as a user, changed and dropped', async ({ dashboard: page, project }) => {
  const ada = await addUser(page, project.ref, 'ada@example.com');
  await page.goto(`/projects/${project.ref}/policies`);
  await expect(page.getByText('No tables yet')).toBeVisible();
  await run(
    page,
    project.ref,
    `create table notes (id int primary key, author uuid references auth.users, title text, done boolean);
     insert into notes values (1, '${ada}', 'hers', true), (2, null, 'nobody''s', false);`,
  );
  await page.reload();
  const card = page.getByRole('region', { name: 'Policies of notes' });
  await expect(card.getByText('No policy: only the service role')).toBeVisible();

  await card.getByRole('button', { name: 'New policy on notes' }).click();
  const sheet = page.getByRole('dialog', { name: 'New policy on notes' });
  await expect(sheet.getByRole('button', { name: 'Create policy' })).toBeDisabled();
  await sheet.getByLabel('Start from').click();
  await page.getByRole('option', { name: 'Owners read their rows' }).click();
  await expect(sheet.getByRole('region', { name: 'SQL of the policy' })).toContainText(
    'create policy "owners read" on notes\n  for select to authenticated\n  using (author = (select auth.uid()));',
  );
  await expectNoViolations(page, 'policy sheet');
  await sheet.getByLabel('Rows it is about').fill('auther = auth.uid()');
  await sheet.getByRole('button', { name: 'Create policy' }).click();
  await expect(sheet.getByRole('alert')).toContainText('auther');
  await sheet.getByLabel('Rows it is about').fill('author = auth.uid()');
  await sheet.getByRole('button', { name: 'Create policy' }).click();
  await expect(sheet).toHaveCount(0);
  await expect(card.getByText('using (author = auth.uid())')).toBeVisible();

  await card.getByRole('button', { name: 'Try the policies of notes' }).click();
  await page.getByRole('combobox', { name: 'Whoever calls as' }).click();
  await page.getByRole('option', { name: 'A user…' }).click();
  await page.getByLabel('User id or e-mail').fill('ada@example.com');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  const outcome = page.getByRole('region', { name: 'Outcome' });
  await expect(outcome.getByRole('heading')).toHaveText('ada@example.com may read 1 of 2 rows');
  await expect(outcome.getByRole('row').nth(1)).toContainText('yesby owners read1');
  await expect(outcome.getByRole('row').nth(1)).toContainText('true');
  await expect(outcome.getByRole('row').nth(2)).toContainText('nono policy admits it2');
  await expectNoViolations(page, 'trial');
  await page.getByRole('combobox', { name: 'wants to' }).click();
  await page.getByRole('option', { name: /DELETE/ }).click();
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await expect(outcome.getByText('No permissive policy is for DELETE')).toBeVisible();

  await page.getByRole('tab', { name: 'Tables' }).click();
  await card.getByRole('button', { name: 'Edit owners read' }).click();
  const editing = page.getByRole('dialog', { name: 'Edit owners read' });
  await expect(editing.getByRole('button', { name: 'Save policy' })).toBeDisabled();
  await editing.getByLabel('Name').fill('readers');
  await editing.getByLabel('For', { exact: true }).click();
  await page.getByRole('option', { name: /ALL/ }).click();
  await editing.getByRole('switch', { name: 'Restrictive' }).click();
  await editing.getByRole('checkbox', { name: 'everyone' }).check();
  await editing.getByLabel('Rows it is about').fill("auth.jwt() -> 'user_metadata' ->> 'role' = 'admin'");
  await editing.getByRole('button', { name: 'Save policy' }).click();
  // Said before anything is kept, and of this text alone.
  await expect(editing.getByRole('list', { name: 'Notices' })).toContainText('trusts user_metadata');
  await expect(editing.getByText('Nothing is saved yet.')).toBeVisible();
  await expectNoViolations(page, 'policy notices');
  await editing.getByLabel('Rows it is about').fill('author = auth.uid()');
  await expect(editing.getByRole('list', { name: 'Notices' })).toHaveCount(0);
  await editing.getByRole('button', { name: 'Save policy' }).click();
  await expect(editing.getByRole('list', { name: 'Notices' })).toContainText('restrictive policies only');
  await editing.getByRole('button', { name: 'Save all the same' }).click();
  await expect(card.getByText('restrictive', { exact: true })).toBeVisible();
  await expect(card.getByText('to everyone')).toBeVisible();
  await card.getByRole('button', { name: 'Drop readers' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Drop policy' }).click();
  await expect(card.getByText('No policy: only the service role')).toBeVisible();
});

test('row-level security is switched off only by typing, and on at once', async ({ dashboard: page, project }) => {
  await run(page, project.ref, 'create table notes (id int primary key)');
  await page.goto(`/projects/${project.ref}/policies`);
  const card = page.getByRole('region', { name: 'Policies of notes' });
  await card.getByRole('button', { name: 'Switch off' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog.getByRole('button', { name: 'Switch off' })).toBeDisabled();
  await dialog.getByRole('textbox').fill('notes');
  await dialog.getByRole('button', { name: 'Switch off' }).click();
  await expect(card.getByText('RLS off')).toBeVisible();
  await expect(page.getByRole('link', { name: /Security 1 to look at/ })).toBeVisible();
  await card.getByRole('button', { name: 'Switch on' }).click();
  await expect(card.getByText('RLS on')).toBeVisible();
});

test('advice is grouped by how grave it is, and its SQL mends it in the console', async ({ dashboard: page, project }) => {
  await page.goto(`/projects/${project.ref}/security`);
  await expect(page.getByText('Nothing to mend')).toBeVisible();
  await run(
    page,
    project.ref,
    `create table notes (id int primary key, owner uuid references auth.users);
     create policy loose on notes for insert with check (true);
     create table plain (id int); alter table plain disable row level security;`,
  );
  await page.reload();
  const grave = page.getByRole('region', { name: 'Mend these first' });
  await expect(grave.getByRole('listitem')).toHaveCount(1);
  await expect(page.getByRole('region', { name: 'Look at these' })).toContainText('Policy loose on public.notes');
  await expect(page.getByRole('link', { name: /Security 2 to look at/ })).toBeVisible();
  await expectNoViolations(page, 'advice');
  await grave.getByRole('button', { name: 'Run in the console' }).click();
  await expect(page.getByRole('textbox', { name: 'SQL' })).toHaveValue('ALTER TABLE public.plain ENABLE ROW LEVEL SECURITY;');
  await expect(page.getByRole('switch', { name: 'Read only' })).not.toBeChecked();
  await page.getByRole('textbox', { name: 'SQL' }).press('Control+Enter');
  await expect(page.getByRole('region', { name: 'Result of ALTER TABLE' })).toBeVisible();
  await page.getByRole('link', { name: /^Security/ }).click();
  await expect(page.getByRole('region', { name: 'Good to know' })).toContainText('public.plain');
  await expect(grave).toHaveCount(0);
});

test('roles are defined, ticked, given to users, renamed and deleted', async ({ dashboard: page, project }) => {
  const id = await addUser(page, project.ref, 'ada@example.com');
  const own = async () => (await callJson(page, 'GET', `/projects/${project.ref}/auth/users/${id}/roles`)).body;
  await page.goto(`/projects/${project.ref}/roles`);
  await expect(page.getByText('No roles yet')).toBeVisible();
  const create = async (name: string) => {
    await page.getByRole('button', { name: 'New role' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill(name);
    await page.getByRole('dialog').getByRole('button', { name: 'Create role' }).click();
  };
  await create('1st');
  await expect(page.getByText('Start with a letter')).toBeVisible();
  await page.getByRole('dialog').getByLabel('Name').fill('nurse');
  await page.getByRole('dialog').getByRole('button', { name: 'Create role' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await create('nurse');
  await expect(page.getByText('There is a role "nurse" already.')).toBeVisible();
  await page.getByRole('dialog').getByLabel('Name').fill('doctor');
  await page.getByRole('dialog').getByRole('button', { name: 'Create role' }).click();

  await page.getByLabel('New permission').fill('chart.write');
  await page.getByLabel('New permission').press('Enter');
  await page.getByRole('checkbox', { name: 'doctor has chart.write' }).check();
  await page.getByLabel('New permission').fill('chart.read');
  await page.getByLabel('New permission').press('Enter');
  await page.getByRole('checkbox', { name: 'doctor has chart.read' }).check();
  await page.getByRole('checkbox', { name: 'nurse has chart.read' }).check();
  await expect
    .poll(async () => (await callJson(page, 'GET', `/projects/${project.ref}/auth/roles`)).body)
    .toMatchObject([
      { name: 'doctor', permissions: ['chart.read', 'chart.write'] },
      { name: 'nurse', permissions: ['chart.read'] },
    ]);
  await expectNoViolations(page, 'roles');

  await page.getByRole('button', { name: /users? with nurse/ }).click();
  const sheet = page.getByRole('dialog', { name: 'Users with nurse' });
  await sheet.getByLabel('Give nurse to').fill('ada');
  await sheet.getByRole('button', { name: 'Give role: ada@example.com' }).click();
  await expect(sheet.getByRole('list', { name: 'Users' })).toContainText('ada@example.com');
  await expectNoViolations(page, 'users of a role');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Edit nurse' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('ward-nurse');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: '1 user with ward-nurse' })).toBeVisible();
  expect(await own()).toEqual({ roles: ['ward-nurse'] });

  await page.goto(`/projects/${project.ref}/users`);
  await page.getByRole('button', { name: 'ada@example.com' }).click();
  const roles = page.getByRole('dialog', { name: 'ada@example.com' }).getByRole('region', { name: 'Roles' });
  await expect(roles.getByRole('switch', { name: 'ward-nurse' })).toBeChecked();
  await roles.getByRole('switch', { name: 'ward-nurse' }).click();
  await roles.getByRole('switch', { name: 'doctor' }).click();
  await expect.poll(own).toEqual({ roles: ['doctor'] });

  await page.goto(`/projects/${project.ref}/roles`);
  await page.getByRole('button', { name: 'Delete doctor' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete role' }).click();
  await expect(page.getByRole('button', { name: /users? with doctor/ })).toHaveCount(0);
  await expect.poll(own).toEqual({ roles: [] });
});
