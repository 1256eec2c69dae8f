import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemActor } from '#lib/control/actor.ts';
import { verifyAudit } from '#lib/control/audit.ts';
import { type Control, createControl } from '#lib/control/control.ts';
import { addEnvironment, removeEnvironment } from '#lib/control/environments.ts';
import { createProject, deleteProject, listProjects } from '#lib/control/projects.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import type { Engine } from '#lib/engine/engine.ts';

const opened: { control: Control; engine: Engine }[] = [];

/** A server's life on one home; `crashAt` ends it by a throw at the k-th step. */
async function start(home: string, crashAt = 0) {
  let steps = 0;
  const step = (name: string) => {
    if (++steps === crashAt) throw new Error(`crash after: ${name}`);
  };
  const engine = createEngine();
  const control = await createControl({ config: { home, masterKey: null, publicUrl: null }, engine, step });
  opened.push({ control, engine });
  return { ...control, stepsTaken: () => steps };
}

async function stopAll() {
  for (const { control, engine } of opened.splice(0)) {
    await engine.shutdown();
    await control.close();
  }
}

afterEach(stopAll);

const newHome = () => mkdtempSync(join(tmpdir(), 'control-'));
const files = (home: string) => (existsSync(join(home, 'environments')) ? readdirSync(join(home, 'environments')).sort() : []);

/** How many steps a piece of work has, counted on a run that is not interrupted. */
async function countSteps(prepare: (control: Control) => Promise<unknown>, work: (control: Control) => Promise<unknown>) {
  const control = await start(newHome());
  await prepare(control);
  const before = control.stepsTaken();
  await work(control);
  return control.stepsTaken() - before;
}

const nothing = async () => undefined;
const create = ({ context }: Control) => createProject(context, systemActor, { name: 'Shop', ref: 'shop' });
const createWithStaging = async (control: Control) => {
  await create(control);
  await addEnvironment(control.context, systemActor, 'shop', { kind: 'staging' });
};

describe('a crash at each step', () => {
  test('of creating a project: the next start finishes it', async () => {
    const steps = await countSteps(nothing, create);
    expect(steps).toBe(4);
    for (let crashAt = 1; crashAt <= steps; crashAt++) {
      const home = newHome();
      await expect(create(await start(home, crashAt))).rejects.toThrow('crash after');
      await stopAll();
      const { context, directory } = await start(home);
      expect(directory.find('shop')?.status).toBe('active');
      expect((await listProjects(context, systemActor)).map(({ ref, status }) => ({ ref, status }))).toEqual([
        { ref: 'shop', status: 'active' },
      ]);
      expect(await context.database.apiKey.count()).toBe(4);
      expect(context.engine.open('shop', directory.find('shop')?.file ?? '').catalog.schemas).toContain('public');
    }
  });

  test('of creating a project: asking again finishes it too, without a restart', async () => {
    const control = await start(newHome(), 2);
    await expect(create(control)).rejects.toThrow('crash after');
    expect(control.directory.find('shop')?.status ?? 'provisioning').toBe('provisioning');
    expect((await create(control)).status).toBe('active');
    expect(await control.context.database.project.count()).toBe(1);
  });

  test('of deleting a project: the next start leaves nothing', async () => {
    const remove = ({ context }: Control) => deleteProject(context, systemActor, 'shop');
    const steps = await countSteps(createWithStaging, remove);
    expect(steps).toBe(6);
    for (let crashAt = 1; crashAt <= steps; crashAt++) {
      const home = newHome();
      await createWithStaging(await start(home));
      await stopAll();
      const crashing = await start(home, crashAt);
      await expect(remove(crashing)).rejects.toThrow('crash after');
      await stopAll();
      const { context, directory } = await start(home);
      expect(directory.list()).toEqual([]);
      expect(files(home)).toEqual([]);
      const { project, environment, apiKey, signingKey, membership } = context.database;
      const counts = [project.count(), environment.count(), apiKey.count(), signingKey.count(), membership.count()];
      expect(await Promise.all(counts)).toEqual([0, 0, 0, 0, 0]);
      expect((await verifyAudit(context)).firstBadSeq).toBeNull();
      expect(await context.database.auditEntry.count({ where: { action: 'project.deleted' } })).toBe(1);
    }
  });

  test('of removing an environment: the next start removes it and leaves its project alone', async () => {
    const remove = ({ context }: Control) => removeEnvironment(context, systemActor, 'shop', 'shop-staging');
    const steps = await countSteps(createWithStaging, remove);
    expect(steps).toBe(4);
    for (let crashAt = 1; crashAt <= steps; crashAt++) {
      const home = newHome();
      await createWithStaging(await start(home));
      await stopAll();
      await expect(remove(await start(home, crashAt))).rejects.toThrow('crash after');
      await stopAll();
      const { directory } = await start(home);
      expect(directory.list().map((record) => record.ref)).toEqual(['shop']);
      expect(files(home)).toEqual(['shop']);
    }
  });
});

test('from the moment of deletion no key opens anything, though files remain', async () => {
  const home = newHome();
  await create(await start(home));
  await stopAll();
  const { context, directory } = await start(home, 1);
  await expect(deleteProject(context, systemActor, 'shop')).rejects.toThrow('crash after');
  expect(directory.find('shop')).toMatchObject({ status: 'deleting', apiKeys: new Map() });
  expect(files(home)).toEqual(['shop']);
});

test('deletion takes the write-ahead log, the objects and what removers know of', async () => {
  const home = newHome();
  const engine = createEngine();
  const removed: string[] = [];
  const removers = [async ({ ref }: { ref: string }) => void removed.push(ref)];
  const control = await createControl({ config: { home, masterKey: null, publicUrl: null }, engine, removers });
  opened.push({ control, engine });
  await create(control);
  const record = control.directory.find('shop');
  if (record === null) throw new Error('no record');
  await engine.open('shop', record.file).write((connection) => connection.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY)'));
  writeFileSync(join(record.objectsDirectory, 'object'), 'bytes');
  expect(readdirSync(join(home, 'environments/shop'))).toContain('data.db-wal');
  await deleteProject(control.context, systemActor, 'shop');
  expect(files(home)).toEqual([]);
  expect(removed).toEqual(['shop']);
});

test('creating and deleting at once ends in one of the two, never in between', async () => {
  const home = newHome();
  const control = await start(home);
  await create(control);
  await Promise.allSettled([create(control), deleteProject(control.context, systemActor, 'shop'), create(control)]);
  const statuses = (await listProjects(control.context, systemActor)).map((project) => project.status);
  expect(files(home)).toEqual(statuses.map(() => 'shop'));
  expect(statuses.every((status) => status === 'active')).toBe(true);
});

test('ten parallel creations of one project make one', async () => {
  const control = await start(newHome());
  const made = await Promise.all(Array.from({ length: 10 }, () => create(control)));
  expect(new Set(made.map((project) => project.id)).size).toBe(1);
  expect(await control.context.database.auditEntry.count({ where: { action: 'project.create' } })).toBe(1);
});

test('another master key is refused at start', async () => {
  const home = newHome();
  await start(home);
  await stopAll();
  const other = { home, masterKey: '00'.repeat(32), publicUrl: null };
  await expect(createControl({ config: other, engine: createEngine() })).rejects.toThrow(/master key is not the one/);
});
