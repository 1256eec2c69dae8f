import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemActor } from '#lib/control/actor.ts';
import { type Control, createControl } from '#lib/control/control.ts';
import { addEnvironment, listEnvironments, removeEnvironment, setPaused } from '#lib/control/environments.ts';
import { createProject, deleteProject } from '#lib/control/projects.ts';
import { createEngine } from '#lib/engine/create-engine.ts';

const engine = createEngine();
let control: Control;

beforeEach(async () => {
  const home = mkdtempSync(join(tmpdir(), 'control-'));
  control = await createControl({ config: { home, masterKey: null, publicUrl: null }, engine });
  await createProject(control.context, systemActor, { name: 'Shop', ref: 'shop' });
});

afterEach(() => control.close());

type Kind = 'production' | 'staging' | 'dev' | 'branch';
const add = (kind: Kind, name?: string) => addEnvironment(control.context, systemActor, 'shop', { kind, name });
const statuses = () => Object.fromEntries(control.directory.list().map((record) => [record.ref, record.status]));

test('environments get their refs from the project, production first, and serve at once', async () => {
  await add('dev');
  await add('branch', 'PR 42');
  const refs = (await listEnvironments(control.context, systemActor, 'shop-dev')).map(({ ref, kind }) => [ref, kind]);
  expect(refs).toEqual([
    ['shop', 'production'],
    ['shop-dev', 'dev'],
    ['shop-pr-42', 'branch'],
  ]);
  expect(statuses()).toEqual({ shop: 'active', 'shop-dev': 'active', 'shop-pr-42': 'active' });
});

test('each environment has keys of its own', async () => {
  await add('dev');
  const hashes = ['shop', 'shop-dev'].flatMap((ref) => [...(control.directory.find(ref)?.apiKeys.keys() ?? [])]);
  expect(new Set(hashes).size).toBe(4);
});

test('asking again returns the same one; another kind under that name is refused', async () => {
  const first = await add('staging');
  expect((await add('staging')).id).toBe(first.id);
  await expect(add('branch', 'staging')).rejects.toMatchObject({ status: 409, code: 'environment_exists' });
});

test('a name in use is refused, whatever ref it would get', async () => {
  await expect(add('branch', 'production')).rejects.toMatchObject({ status: 409, code: 'environment_exists' });
});

test('a ref that is another project cannot become an environment', async () => {
  await createProject(control.context, systemActor, { name: 'Impostor', ref: 'shop-staging' });
  await expect(add('staging')).rejects.toMatchObject({ status: 409, code: 'environment_exists' });
});

test('an environment is removed by ref or name, production not without its project', async () => {
  await add('dev');
  await add('staging');
  await removeEnvironment(control.context, systemActor, 'shop', 'shop-dev');
  await removeEnvironment(control.context, systemActor, 'shop', 'staging');
  expect(statuses()).toEqual({ shop: 'active' });
  await expect(removeEnvironment(control.context, systemActor, 'shop', 'shop')).rejects.toMatchObject({ status: 400 });
  await expect(removeEnvironment(control.context, systemActor, 'shop', 'absent')).rejects.toMatchObject({ status: 404 });
});

test("deleting under a further environment's ref takes nothing", async () => {
  await add('dev');
  await expect(deleteProject(control.context, systemActor, 'shop-dev')).rejects.toMatchObject({
    status: 400,
    code: 'not_a_project',
  });
  expect(statuses()).toEqual({ shop: 'active', 'shop-dev': 'active' });
});

test("the project's ref pauses everything, an environment's only itself; both are idempotent", async () => {
  await add('dev');
  await setPaused(control.context, systemActor, 'shop-dev', true);
  expect(statuses()).toEqual({ shop: 'active', 'shop-dev': 'paused' });
  await setPaused(control.context, systemActor, 'shop', true);
  await setPaused(control.context, systemActor, 'shop', true);
  expect(statuses()).toEqual({ shop: 'paused', 'shop-dev': 'paused' });
  await setPaused(control.context, systemActor, 'shop', false);
  expect(statuses()).toEqual({ shop: 'active', 'shop-dev': 'active' });
  expect(await control.context.database.auditEntry.count({ where: { action: 'project.pause' } })).toBe(2);
});
