/** What the console shows of values, what can be taken along, its keys and history. */

import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expectNoViolations } from './axe.ts';
import { callJson, expect, signIn, test } from './operator.ts';

const script = `create table t (id bigint primary key, done boolean, data jsonb, note text);
create view v as select id, done, done is null as unknown from t;
insert into t values (1, true, '{"a":{"b":1}}', ''), (9007199254740993, false, null, null);`;

async function open(page: Page, ref: string) {
  const answer = await callJson(page, 'POST', `/projects/${ref}/database/query`, { query: script });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  await page.goto(`/projects/${ref}/sql`);
  return page.getByRole('textbox', { name: 'SQL' });
}

const cellsOf = (page: Page, row: number) =>
  page.getByRole('region', { name: 'Result of SELECT' }).first().getByRole('row').nth(row).getByRole('cell').allTextContents();

test('values are shown as what they are: booleans, NULL, empty text, every digit', async ({ dashboard: page, project }) => {
  const editor = await open(page, project.ref);
  await editor.fill('select * from t order by id');
  await editor.press('Control+Enter');
  await expect(page.getByRole('columnheader', { name: 'done boolean' })).toBeVisible();
  expect(await cellsOf(page, 1)).toEqual(['1', 'true', '{"a":{"b":1}}', "''"]);
  expect(await cellsOf(page, 2)).toEqual(['9007199254740993', 'false', 'NULL', 'NULL']);
  await editor.fill('select v.*, id = 1 as first, id::text as word from v order by id');
  await editor.press('Control+Enter');
  await expect(page.getByRole('columnheader', { name: 'word' })).toBeVisible();
  expect(await cellsOf(page, 1)).toEqual(['1', 'true', 'false', 'true', '1']);
});

test('the keyboard moves in the grid and opens a value; row and result can be taken along', async ({
  dashboard: page,
  project,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const editor = await open(page, project.ref);
  await editor.fill('select * from t order by id');
  await editor.press('Control+Enter');
  const grid = page.getByRole('region', { name: 'Result of SELECT' });
  await grid.getByRole('button', { name: '1', exact: true }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(grid.getByRole('button', { name: '{"a":{"b":1}}' })).toBeFocused();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog', { name: 'data' });
  await expect(sheet.getByRole('region', { name: 'Value' })).toHaveText('{\n  "a": {\n    "b": 1\n  }\n}');
  await expectNoViolations(page, 'value');
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await sheet.getByRole('button', { name: 'Row as JSON' }).click();
  await expect.poll(async () => JSON.parse(await copied())).toEqual({ id: 1, done: true, data: { a: { b: 1 } }, note: '' });
  await sheet.getByRole('button', { name: 'Row as SQL' }).click();
  await expect.poll(copied).toContain(`(1, true, '{"a":{"b":1}}', '')`);
  await page.keyboard.press('Escape');
  await expect(grid.getByRole('button', { name: '{"a":{"b":1}}' })).toBeFocused();

  await grid.getByRole('button', { name: 'Export' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Download CSV' }).click();
  const csv = readFileSync(await (await downloading).path(), 'utf8');
  expect(csv).toBe('id,done,data,note\r\n1,true,"{""a"":{""b"":1}}",\r\n9007199254740993,false,,\r\n');
});

test('what was run is taken up again, a selection runs alone, keys comment and indent', async ({ dashboard: page, project }) => {
  const editor = await open(page, project.ref);
  await editor.fill('select 1 as one;\nselect 2 as two');
  await editor.press('Control+Home');
  await editor.press('Shift+End');
  await editor.press('Control+Enter');
  await expect(page.getByRole('region', { name: 'Result of SELECT' })).toHaveCount(1);
  await editor.press('Control+/');
  await expect(editor).toHaveValue('-- select 1 as one;\nselect 2 as two');
  await editor.press('Home');
  await editor.press('Tab');
  await expect(editor).toHaveValue('  -- select 1 as one;\nselect 2 as two');
  await editor.press('Control+Enter');
  await expect(page.getByRole('columnheader', { name: 'two' })).toBeVisible();
  await editor.press('Escape');
  await editor.press('Tab');
  await expect(editor).not.toBeFocused();
  await page.getByRole('button', { name: 'History' }).click();
  const statements = page.getByRole('dialog', { name: 'History' }).getByRole('list', { name: 'Statements' });
  await expect(statements.getByRole('listitem')).toHaveCount(2);
  await statements.getByRole('button').last().click();
  await expect(editor).toHaveValue('select 1 as one;');
  await page.getByRole('button', { name: 'Keys of the console' }).click();
  await expect(page.getByRole('dialog')).toContainText('Comment lines out');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'account menu' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  expect(await page.evaluate(() => JSON.stringify(window.sessionStorage))).not.toContain('select 1');
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'Projects', level: 1 })).toBeVisible();
});
