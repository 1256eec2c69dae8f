/** An operator at the dashboard: signs in, makes projects and removes them again, as the browser itself would. */

import { test as base, expect, type Page } from '@playwright/test';

export interface Project {
  name: string;
  ref: string;
}

export interface Credentials {
  email: string;
  password: string;
}

interface Fixtures {
  /** A page of a signed-in operator. */
  dashboard: Page;
  /** A project of its own for one test. */
  project: Project;
  /** Another operator, of the project, for one test: whose password and factors may be played with. */
  colleague: Credentials;
}

/** Who signs in; a suite without credentials fails instead of proving nothing. */
export function getCredentials(): Credentials {
  const { E2E_EMAIL: email, E2E_PASSWORD: password } = process.env;
  if (!email || !password) throw new Error('Set E2E_EMAIL and E2E_PASSWORD to an operator of the server under test.');
  return { email, password };
}

/** A name no other run uses. */
export function toFreshProject(label: string): Project {
  const suffix = Math.random().toString(36).slice(2, 8);
  return { name: `E2E ${label} ${suffix}`, ref: `e2e-${label}-${suffix}` };
}

export async function signIn(page: Page, path = '/sign-in', who = getCredentials()): Promise<void> {
  const { email, password } = who;
  await page.goto(path);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The status of a same-origin call with the page's own cookies. */
export async function call(page: Page, method: string, path: string, body?: unknown): Promise<number> {
  return (await callJson(page, method, path, body)).status;
}

/** The same, with the answer. */
export function callJson(page: Page, method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  return page.evaluate(
    async ([verb, address, text]) => {
      const init = text === null ? {} : { body: text, headers: { 'Content-Type': 'application/json' } };
      const response = await fetch(`/api/platform/v1${address}`, { method: verb, ...init });
      const answer: unknown = await response.json().catch(() => null);
      return { status: response.status, body: answer };
    },
    [method, path, body === undefined ? null : JSON.stringify(body)] as const,
  );
}

/** A change that undoes: works wherever the page is, and whatever it came to. */
export async function undo(page: Page, method: string, path: string, data?: unknown): Promise<number> {
  const { origin } = new URL(page.url());
  const options = { method, headers: { origin }, ...(data === undefined ? {} : { data }) };
  return (await page.request.fetch(`${origin}/api/platform/v1${path}`, options)).status();
}

/** An operator of the project with a password. */
export async function invite(page: Page, ref: string, { email, password }: Credentials): Promise<void> {
  const { body } = await callJson(page, 'POST', `/projects/${ref}/invites`, { email, role: 'viewer' });
  const token = new URL(String((body as { link: string }).link), page.url()).hash.slice('#token='.length);
  expect(await call(page, 'POST', '/invites/accept', { token, password })).toBe(200);
}

export async function removeOperator(page: Page, email: string): Promise<void> {
  const { origin } = new URL(page.url());
  const operators: unknown = await (await page.request.get(`${origin}/api/platform/v1/operators`)).json();
  const found = Array.isArray(operators) ? operators.find((one: { email: string }) => one.email === email) : null;
  expect(await undo(page, 'DELETE', `/operators/${found?.id}`)).toBe(204);
}

export const test = base.extend<Fixtures>({
  dashboard: async ({ page }, use) => {
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(error.message));
    page.on('console', (message) => {
      // A refusal the test asked for is logged by the browser itself.
      const isRefusal = message.text().startsWith('Failed to load resource');
      // The sandbox of a mail's preview says so when it stops a script; sometimes the page is gone before.
      const isSandbox = message.text().startsWith("Blocked script execution in 'about:srcdoc'");
      if (message.type() === 'error' && !isRefusal && !isSandbox) broken.push(message.text());
    });
    await signIn(page);
    await expect(page.getByRole('heading', { name: 'Projects', level: 1 })).toBeVisible();
    await use(page);
    expect(broken, 'no error in the page or its console').toEqual([]);
  },
  project: async ({ dashboard }, use) => {
    const project = toFreshProject('kept');
    expect(await call(dashboard, 'POST', '/projects', project)).toBe(201);
    await use(project);
    expect([200, 202, 204]).toContain(await undo(dashboard, 'DELETE', `/projects/${project.ref}`));
  },
  colleague: async ({ dashboard, project }, use) => {
    const colleague = { email: `colleague-${project.ref}@example.com`, password: 'a long enough passphrase 17' };
    await invite(dashboard, project.ref, colleague);
    await use(colleague);
    await removeOperator(dashboard, colleague.email);
  },
});

export { expect };
