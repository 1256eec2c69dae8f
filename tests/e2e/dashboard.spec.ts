/** The Admin Dashboard in a real browser: its pages, its forms, the keyboard, small screens, and axe on everything. */

import { expectNoViolations } from './axe.ts';
import { call, callJson, expect, signIn, test, toFreshProject } from './operator.ts';

test('a wrong password is refused in words', async ({ dashboard, colleague, browser }) => {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, new URL('/sign-in', dashboard.url()).href, { ...colleague, password: 'not the password' });
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.context().close();
});

test('a page without a session leads to sign-in and back', async ({ page }) => {
  await page.goto('/projects/new');
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fprojects%2Fnew$/);
  await signIn(page, page.url());
  await expect(page.getByRole('heading', { name: 'New project', level: 1 })).toBeVisible();
});

for (const next of ['https://example.com/', '//example.com', '/\\example.com', 'javascript:alert(1)']) {
  test(`signing in never leads to ${next}`, async ({ page, baseURL }) => {
    await signIn(page, `/sign-in?next=${encodeURIComponent(next)}`);
    await expect(page.getByRole('heading', { name: 'Projects', level: 1 })).toBeVisible();
    expect(new URL(page.url()).origin).toBe(new URL(baseURL ?? '').origin);
  });
}

test('a project is created, connected to, renamed and deleted', async ({ dashboard: page, baseURL }) => {
  const { name, ref } = toFreshProject('life');
  await page.getByRole('link', { name: 'New project' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await expect(page.getByLabel('Ref', { exact: true })).toHaveValue(ref);
  await page.getByRole('button', { name: 'Create project' }).click();

  await expect(page).toHaveURL(new RegExp(`/projects/${ref}$`));
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
  const snippet = page.getByRole('region', { name: 'supabase-js snippet' });
  await expect(snippet).toContainText(`'${new URL(baseURL ?? '').origin}/api/${ref}'`);
  await expect(snippet).toContainText(/'(sb_publishable_|eyJ)[^']+'/);

  await page.getByRole('link', { name: 'Settings' }).click();
  const renamed = `${name} renamed`;
  await page.getByLabel('Project name').fill(renamed);
  await page.getByRole('region', { name: 'General' }).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('navigation', { name: 'Breadcrumb' })).toContainText(renamed);
  await page.reload();
  await expect(page.getByLabel('Project name')).toHaveValue(renamed);

  await page.getByRole('button', { name: 'Delete project' }).click();
  const dialog = page.getByRole('alertdialog');
  const confirm = dialog.getByRole('button', { name: 'Delete project' });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole('textbox').fill(ref);
  await confirm.click();
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole('link', { name: 'New project' }).first()).toBeVisible();
  await expect(page.getByRole('link', { name: renamed })).toHaveCount(0);
  expect(await call(page, 'GET', `/projects/${ref}`)).toBe(404);
});

test('API settings are checked, saved, and kept', async ({ dashboard: page, project }) => {
  await page.goto(`/projects/${project.ref}/settings`);
  const card = page.getByRole('region', { name: 'API', exact: true });
  await card.getByLabel('CORS origins').fill('app.example.com');
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(card.getByText('Each must be an origin')).toBeVisible();
  await card.getByLabel('CORS origins').fill('https://app.example.com');
  await card.getByLabel('Most rows of one answer').fill('250');
  await card.getByRole('switch', { name: 'Require an API key' }).click();
  await card.getByRole('switch', { name: 'Trial requests' }).click();
  await card.getByLabel('Largest request (MiB)').fill('0.5');
  await card.getByLabel('Response headers').fill('no header');
  await card.getByRole('button', { name: 'Add limit' }).click();
  await card.getByLabel('Requests of limit 1').fill('0');
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(card.getByText('Write each as Name: value')).toBeVisible();
  await expect(card.getByText('At least 1.')).toBeVisible();
  await card.getByLabel('Response headers').fill('X-Clinic: north\nX-Frame: a: b');
  await card.getByLabel('Requests of limit 1').fill('300');
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('API settings saved')).toBeVisible();
  await page.reload();
  await expect(card.getByLabel('Most rows of one answer')).toHaveValue('250');
  await expect(card.getByLabel('CORS origins')).toHaveValue('https://app.example.com');
  await expect(card.getByRole('switch', { name: 'Require an API key' })).toBeChecked();
  await card.getByLabel('Response headers').fill('X-Frame: a: b');
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('API settings saved')).toBeVisible();
  const { body } = await callJson(page, 'GET', `/projects/${project.ref}/settings`);
  expect(body).toMatchObject({
    api: {
      txOverride: true,
      bodyLimitBytes: 524_288,
      responseHeaders: { 'X-Frame': 'a: b' },
      rateLimits: [{ service: '*', per: 'address', requests: 300, seconds: 60 }],
    },
  });
});

test('a refused change keeps what was typed and says why', async ({ dashboard: page, project }) => {
  await page.goto(`/projects/${project.ref}/settings`);
  const card = page.getByRole('region', { name: 'API', exact: true });
  await card.getByLabel('Most rows of one answer').fill('77');
  await page.route('**/settings', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({ status: 403, json: { code: 'insufficient_role', message: 'Not for you.', hint: null } })
      : route.continue(),
  );
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(card.getByRole('alert')).toHaveText('Not for you.');
  await expect(card.getByLabel('Most rows of one answer')).toHaveValue('77');
  await card.getByRole('button', { name: 'Reset' }).click();
  await expect(card.getByLabel('Most rows of one answer')).not.toHaveValue('77');
});

test('a server that fails is asked again', async ({ dashboard: page }) => {
  await page.route('**/api/platform/v1/projects', (route) => route.fulfill({ status: 500, json: {} }));
  await page.reload();
  await expect(page.getByText('The projects could not be loaded')).toBeVisible();
  await page.unroute('**/api/platform/v1/projects');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('The projects could not be loaded')).toHaveCount(0);
});

test('a secret key stays on the server until it is asked for', async ({ dashboard: page, project }) => {
  const revealed: string[] = [];
  page.on('request', (request) => request.url().includes('reveal=true') && revealed.push(request.url()));
  const listed = page.waitForResponse(
    (response) => response.url().endsWith('/api-keys') && response.request().method() === 'GET',
  );
  await page.goto(`/projects/${project.ref}`);
  expect(await (await listed).text()).not.toMatch(/sb_secret_[A-Za-z0-9_-]{16,}/);
  const keys = page.getByRole('region', { name: 'API keys' });
  await keys.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name', { exact: true }).fill('backend_job');
  await page.getByLabel('Kind').click();
  await page.getByRole('option', { name: 'Secret' }).click();
  await page.getByRole('button', { name: 'Create key' }).click();
  const row = keys.getByRole('listitem').filter({ hasText: 'backend_job' });
  await expect(row.getByText('••••')).toBeVisible();
  expect(revealed).toEqual([]);
  await row.getByRole('button', { name: 'Reveal backend_job' }).click();
  await expect(row.getByText(/^sb_secret_[A-Za-z0-9_-]{16,}$/)).toBeVisible();
  expect(revealed).toHaveLength(1);
  await row.getByRole('button', { name: 'Revoke backend_job' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click();
  await expect(row).toHaveCount(0);
});

test('an environment is added, turned to, and removed', async ({ dashboard: page, project }) => {
  await page.goto(`/projects/${project.ref}/settings`);
  await page.getByRole('button', { name: 'Add environment' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('staging');
  await dialog.getByRole('button', { name: 'Add environment' }).click();
  const environments = page.getByRole('region', { name: 'Environments' });
  await expect(environments.getByText(`${project.ref}-staging`)).toBeVisible();

  await page.goto(`/projects/${project.ref}`);
  await page.getByRole('button', { name: /^Environment/ }).click();
  await page.getByRole('menuitemradio', { name: /staging/i }).click();
  await expect(page).toHaveURL(new RegExp(`environment=${project.ref}-staging$`));
  await expect(page.getByRole('region', { name: 'supabase-js snippet' })).toContainText(`/api/${project.ref}-staging'`);

  await page.goto(`/projects/${project.ref}/settings`);
  await environments.getByRole('button', { name: 'Remove staging' }).click();
  await page.getByRole('alertdialog').getByRole('textbox').fill(`${project.ref}-staging`);
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove environment' }).click();
  await expect(page.getByText('staging removed')).toBeVisible();
  await page.reload();
  await expect(environments.getByText(project.ref, { exact: true })).toBeVisible();
  await expect(environments.getByText(`${project.ref}-staging`)).toHaveCount(0);
});

test('the keyboard alone creates a project', async ({ dashboard: page }) => {
  const { name, ref } = toFreshProject('keys');
  await page.reload();
  await expect(page.getByRole('link', { name: 'New project' }).first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('create proj');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
  expect([200, 202, 204]).toContain(await call(page, 'DELETE', `/projects/${ref}`));
});

test('the session ends with signing out', async ({ dashboard: page }) => {
  await page.getByRole('button', { name: 'account menu' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in$/);
});

const projectPages = [
  '',
  '/sql',
  '/policies',
  '/api',
  '/users',
  '/roles',
  '/oauth-apps',
  '/mails',
  '/auth',
  '/logs',
  '/security',
  '/members',
  '/settings',
  '/audit',
];
const otherPages = ['/', '/projects/new', '/account', '/projects/e2e-nowhere', '/nowhere', '/sign-in', '/accept-invite'];
/** In groups, so that a busy machine has time for each. */
const groups = [
  { of: 'a project that are about data', paths: projectPages.slice(0, 7), isOfProject: true },
  { of: 'a project that are about running it', paths: projectPages.slice(7), isOfProject: true },
  { of: 'no project', paths: otherPages, isOfProject: false },
];

test.describe('without motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  for (const { of, paths, isOfProject } of groups) {
    test(`axe finds nothing on the pages of ${of}, dark or light, and none is wider than its window`, async ({
      dashboard: page,
      project,
    }) => {
      for (const place of paths) {
        const path = isOfProject ? `/projects/${project.ref}${place}` : place;
        await page.goto(path);
        await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
        await page.waitForLoadState('networkidle');
        await expect(page.getByText(/^Loading/)).toHaveCount(0);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await expect(page.locator('html')).toHaveClass(new RegExp(`\\b${colorScheme}\\b`));
          await expectNoViolations(page, `${path} ${colorScheme}`);
        }
        for (const width of [1440, 768, 375]) {
          await page.setViewportSize({ width, height: 812 });
          await expect
            .poll(() => page.evaluate(() => document.documentElement.scrollWidth), `${path} at ${width}`)
            .toBeLessThanOrEqual(width);
        }
        await page.setViewportSize({ width: 1280, height: 720 });
      }
    });
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('axe finds nothing in dialogs and menus', async ({ dashboard: page, project }) => {
      await page.goto(`/projects/${project.ref}/settings`);
      const openers = [/^Search/, 'Add environment', 'Delete project', 'account menu'];
      for (const name of openers) {
        await page.getByRole('button', { name }).last().click();
        await expect(page.locator('[role=dialog], [role=alertdialog], [role=menu]')).toBeVisible();
        await expectNoViolations(page, String(name));
        await page.keyboard.press('Escape');
        await expect(page.locator('[role=dialog], [role=alertdialog], [role=menu]')).toHaveCount(0);
      }
    });
  });
}

test('who asks for less motion sees none', async ({ dashboard: page }) => {
  const longest = () =>
    page.evaluate(() => {
      const durations = [...document.querySelectorAll('*')].flatMap((element) => {
        const style = getComputedStyle(element);
        return `${style.animationDuration}, ${style.transitionDuration}`.split(', ').map(Number.parseFloat);
      });
      return Math.max(...durations);
    });
  await page.getByRole('button', { name: /^Search/ }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await longest()).toBeGreaterThan(0.05);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await longest()).toBeLessThan(0.01);
});

test('a small screen navigates by the sheet', async ({ dashboard: page, project }) => {
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto(`/projects/${project.ref}`);
  await page.getByRole('button', { name: 'Open navigation' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Audit log' }).click();
  await expect(page.getByRole('heading', { name: 'Audit log', level: 1 })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
