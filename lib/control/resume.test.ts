/** What a start tidies up: an environment half added, a project that stays broken, sessions that ended. */

import { expect, test } from 'vitest';
import { addEnvironment } from '#lib/control/environments.ts';
import { createProject } from '#lib/control/projects.ts';
import { makeTestControl, ownerEmail, ownerPassword } from '#lib/control/test-control.ts';

function makeBomb() {
  let target: string | null = null;
  return {
    arm(name: string) {
      target = name;
    },
    step(name: string) {
      if (name === target) throw new Error(`crash at ${name}`);
    },
  };
}

test.each(['environment rows made', 'folders made', 'file made', 'environment active'])('adding, crash at "%s"', async (name) => {
  const bomb = makeBomb();
  const before = await makeTestControl({ step: bomb.step });
  await createProject(before.control.context, before.owner, { name: 'Shop' });
  bomb.arm(name);
  await expect(addEnvironment(before.control.context, before.owner, 'shop', { kind: 'staging' })).rejects.toThrow('crash');
  const after = await before.restart();
  const { directory, context } = after.control;
  expect(directory.list().map(({ ref, status }) => `${ref} ${status}`)).toEqual(['shop active', 'shop-staging active']);
  expect(await context.database.apiKey.count()).toBe(8);
  const { ref, file } = directory.find('shop-staging') ?? { ref: '', file: '' };
  expect(context.engine.open(ref, file).catalog.schemas).toContain('public');
  await after.close();
});

test('a project that cannot be finished does not keep the others from starting', async () => {
  const bomb = makeBomb();
  const before = await makeTestControl({ step: bomb.step });
  for (const name of ['One', 'Two']) {
    bomb.arm('rows made');
    await expect(createProject(before.control.context, before.owner, { name })).rejects.toThrow('crash');
  }
  const failures: unknown[] = [];
  let left = 1;
  const after = await before.restart({
    logger: { info: () => undefined, error: (fields) => void failures.push(fields.project) },
    step: () => {
      if (left-- > 0) throw new Error('the disk is full');
    },
  });
  expect(failures).toHaveLength(1);
  const statuses = after.control.directory.list().map((record) => record.status);
  expect(statuses.sort()).toEqual(['active', 'provisioning']);
  await after.close();
});

test('sessions that ended are forgotten, the others hold', async () => {
  const before = await makeTestControl();
  const nowhere = { ip: null, userAgent: null };
  const signIn = async () =>
    (await before.control.operators.signIn({ email: ownerEmail, password: ownerPassword }, nowhere)).setCookie.split(';')[0] ??
    '';
  await signIn();
  await before.control.context.database.operatorSession.updateMany({ data: { expiresAt: new Date(0) } });
  const cookie = await signIn();
  const after = await before.restart();
  expect(await after.control.context.database.operatorSession.count()).toBe(1);
  expect(await after.control.operators.find({ cookie, bearer: null }, nowhere)).not.toBeNull();
  await after.close();
});
