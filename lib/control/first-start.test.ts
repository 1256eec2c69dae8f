/** What a new installation gets, once. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Control, type ControlOptions, createControl } from '#lib/control/control.ts';
import { deleteProject } from '#lib/control/projects.ts';
import { createEngine } from '#lib/engine/create-engine.ts';

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'koyalite-first-'));
  undo.push(async () => rmSync(home, { recursive: true, force: true }));
  return home;
}

async function start(
  home: string,
  config: Partial<ControlOptions['config']> = {},
  options: Partial<ControlOptions> = {},
): Promise<Control> {
  const engine = createEngine({});
  const control = await createControl({ config: { home, masterKey: null, publicUrl: null, ...config }, engine, ...options });
  undo.push(async () => {
    await control.close();
    await engine.shutdown();
  });
  return control;
}

const nowhere = { ip: null, userAgent: null };
const noDemo = { demo: false };

test('one operator whose password is told once and kept nowhere', async () => {
  const home = makeHome();
  const control = await start(home);
  const { operator } = await control.firstStart(noDemo);
  expect(operator).toEqual({
    email: 'admin@koyalite.local',
    password: expect.stringMatching(/^[a-zA-Z0-9]{5}(-[a-zA-Z0-9]{5}){3}$/),
  });
  const signedIn = await control.operators.signIn({ email: operator?.email ?? '', password: operator?.password ?? '' }, nowhere);
  expect(signedIn.operator.platformRole).toBe('owner');
  const files = ['control.db', 'control.db-wal'].map((file) => readFileSync(join(home, file), 'latin1')).join('');
  expect(files).not.toContain(operator?.password);
  expect(await control.firstStart(noDemo)).toEqual({});
  expect(await (await start(home)).firstStart(noDemo)).toEqual({});
  expect(await control.context.database.operator.count()).toBe(1);
});

test('the configured operator, whose password is not told', async () => {
  const control = await start(makeHome(), { adminEmail: 'Me@Example.com', adminPassword: 'a long enough one' });
  expect(await control.firstStart(noDemo)).toEqual({ operator: { email: 'me@example.com', password: null } });
  expect(await control.operators.signIn({ email: 'me@example.com', password: 'a long enough one' }, nowhere)).toMatchObject({
    operator: {},
  });
});

test('a configured password that is too weak is refused', async () => {
  const control = await start(makeHome(), { adminPassword: 'admin' });
  await expect(control.firstStart(noDemo)).rejects.toMatchObject({ code: 'weak_password' });
  expect(await control.context.database.operator.count()).toBe(0);
});

test('a first start that was interrupted gives a new password: nobody saw the first', async () => {
  const home = makeHome();
  const crashing = await start(
    home,
    {},
    {
      step: (name) => {
        if (name === 'first operator made') throw new Error('crash');
      },
    },
  );
  await expect(crashing.firstStart(noDemo)).rejects.toThrow('crash');
  const control = await start(home);
  const { operator } = await control.firstStart(noDemo);
  expect(
    await control.operators.signIn({ email: operator?.email ?? '', password: operator?.password ?? '' }, nowhere),
  ).toMatchObject({
    operator: {},
  });
  expect(await control.context.database.operator.count()).toBe(1);
});

test('a demo that failed does not cost the password, and is made at the next start', async () => {
  const home = makeHome();
  const failures: string[] = [];
  const failing = await start(
    home,
    {},
    {
      logger: { info: () => undefined, error: (_fields, message) => void failures.push(message) },
      step: (name) => {
        if (name === 'demo project made') throw new Error('no SQL today');
      },
    },
  );
  const first = await failing.firstStart();
  expect(first).toEqual({ operator: { email: 'admin@koyalite.local', password: expect.any(String) } });
  expect(failures).toEqual(['the demo project could not be made']);
  const second = await (await start(home)).firstStart();
  expect(second).toEqual({ demo: { ref: 'demo', keys: expect.any(Array) } });
  expect(second.demo?.keys.map((key) => key.name)).toEqual(expect.arrayContaining(['anon', 'service_role', 'default']));
});

test('a demo that was deleted does not come back', async () => {
  const home = makeHome();
  const control = await start(home);
  await control.firstStart();
  const owner = await control.context.database.operator.findFirstOrThrow();
  await deleteProject(control.context, control.operators.toActor(owner), 'demo');
  expect(await (await start(home)).firstStart()).toEqual({});
  expect(await control.context.database.project.count()).toBe(0);
});
