/** Creating and deleting survive a crash at every step: after the next start all of it is there, or none. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addEnvironment, removeEnvironment } from '#lib/control/environments.ts';
import { createProject, deleteProject } from '#lib/control/projects.ts';
import { makeTestControl, type TestControl } from '#lib/control/test-control.ts';

const listFolders = (home: string): string[] => {
  const folder = join(home, 'environments');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};

/** Everything that must agree: rows, files, the directory, keys. */
async function readState({ control, home }: TestControl) {
  const { database } = control.context;
  const projects = await database.project.findMany({ include: { environments: { orderBy: { ref: 'asc' } } } });
  return {
    projects: projects.map(({ ref, status, environments }) => [
      ref,
      status,
      ...environments.map((one) => `${one.ref} ${one.status}`),
    ]),
    served: control.directory
      .list()
      .map((record) => `${record.ref} ${record.status}`)
      .sort(),
    folders: listFolders(home),
    files: control.directory.list().every((record) => existsSync(record.file)),
    apiKeys: await database.apiKey.count(),
    signingKeys: await database.signingKey.count(),
    memberships: await database.membership.count(),
  };
}

const none = { projects: [], served: [], folders: [], files: true, apiKeys: 0, signingKeys: 0, memberships: 0 };
const shop = {
  projects: [['shop', 'active', 'shop active']],
  served: ['shop active'],
  folders: ['shop'],
  files: true,
  apiKeys: 4,
  signingKeys: 2,
  memberships: 1,
};
const shopAndStaging = {
  ...shop,
  projects: [['shop', 'active', 'shop active', 'shop-staging active']],
  served: ['shop active', 'shop-staging active'],
  folders: ['shop', 'shop-staging'],
  apiKeys: 8,
  signingKeys: 4,
};

function makeBomb() {
  let target: string | null = null;
  return {
    arm: (name: string) => {
      target = name;
    },
    step: (name: string) => {
      if (name === target) throw new Error(`crash at ${name}`);
    },
  };
}

test.each(['rows made', 'folders made', 'file made', 'environment active'])('creating, crash at "%s"', async (name) => {
  const bomb = makeBomb();
  const before = await makeTestControl({ step: bomb.step });
  bomb.arm(name);
  await expect(createProject(before.control.context, before.owner, { name: 'Shop' })).rejects.toThrow(`crash at ${name}`);
  const after = await before.restart();
  expect(await readState(after)).toEqual(shop);
  await createProject(after.control.context, after.owner, { name: 'Shop' });
  expect(await readState(after)).toEqual(shop);
  await after.close();
});

test('creating again after a crash finishes without a restart', async () => {
  const bomb = makeBomb();
  const started = await makeTestControl({ step: bomb.step });
  bomb.arm('file made');
  await expect(createProject(started.control.context, started.owner, { name: 'Shop' })).rejects.toThrow('crash');
  expect(started.control.directory.find('shop')).toBeNull();
  bomb.arm('');
  expect(await createProject(started.control.context, started.owner, { name: 'Shop' })).toMatchObject({ status: 'active' });
  expect(await readState(started)).toEqual(shop);
  await started.close();
});

test.each(['marked deleting', 'file removed', 'folder removed', 'project row removed'])(
  'deleting, crash at "%s"',
  async (name) => {
    const bomb = makeBomb();
    const before = await makeTestControl({ step: bomb.step });
    const { context } = before.control;
    await createProject(context, before.owner, { name: 'Shop' });
    await addEnvironment(context, before.owner, 'shop', { kind: 'staging' });
    expect(await readState(before)).toEqual(shopAndStaging);
    const [key] = context.directory.find('shop')?.apiKeys.keys() ?? [];
    bomb.arm(name);
    await expect(deleteProject(context, before.owner, 'shop')).rejects.toThrow(`crash at ${name}`);
    // Whatever is left on disk, no key opens it any more.
    const left = context.directory.find('shop');
    expect(left === null || (left.status === 'deleting' && !left.apiKeys.has(key ?? ''))).toBe(true);
    const after = await before.restart();
    expect(await readState(after)).toEqual(none);
    await after.close();
  },
);

test.each(['environment rows made', 'folders made', 'file made', 'environment active'])('adding, crash at "%s"', async (name) => {
  const bomb = makeBomb();
  const before = await makeTestControl({ step: bomb.step });
  await createProject(before.control.context, before.owner, { name: 'Shop' });
  bomb.arm(name);
  await expect(addEnvironment(before.control.context, before.owner, 'shop', { kind: 'staging' })).rejects.toThrow('crash');
  const after = await before.restart();
  expect(await readState(after)).toEqual(shopAndStaging);
  await after.close();
});

const removing = ['environment marked deleting', 'file removed', 'folder removed', 'environment row removed'];
test.each(removing)('removing, crash at "%s"', async (name) => {
  const bomb = makeBomb();
  const before = await makeTestControl({ step: bomb.step });
  await createProject(before.control.context, before.owner, { name: 'Shop' });
  await addEnvironment(before.control.context, before.owner, 'shop', { kind: 'staging' });
  bomb.arm(name);
  await expect(removeEnvironment(before.control.context, before.owner, 'shop', 'shop-staging')).rejects.toThrow('crash');
  const after = await before.restart();
  expect(await readState(after)).toEqual(shop);
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
  expect(
    after.control.directory
      .list()
      .map((record) => record.status)
      .sort(),
  ).toEqual(['active', 'provisioning']);
  await after.close();
});

test('two at once: creating the same project twice makes one; deleting waits for creating', async () => {
  const started = await makeTestControl();
  const { context } = started.control;
  const [first, second] = await Promise.all([1, 2].map(() => createProject(context, started.owner, { name: 'Shop' })));
  expect(first?.id).toBe(second?.id);
  const adding = addEnvironment(context, started.owner, 'shop', { kind: 'dev' });
  const deleting = deleteProject(context, started.owner, 'shop');
  await Promise.allSettled([adding, deleting]);
  expect(await readState(started)).toEqual(none);
  await started.close();
});

test('what an environment keeps elsewhere is removed with it', async () => {
  const removed: string[] = [];
  const started = await makeTestControl({ removers: [async ({ ref }) => void removed.push(ref)] });
  await createProject(started.control.context, started.owner, { name: 'Shop' });
  await deleteProject(started.control.context, started.owner, 'shop');
  expect(removed).toEqual(['shop']);
  await started.close();
});
