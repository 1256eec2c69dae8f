import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, type Role, roles, systemActor } from '#lib/control/actor.ts';
import * as keys from '#lib/control/api-keys.ts';
import { listAudit } from '#lib/control/audit.ts';
import { type Control, createControl } from '#lib/control/control.ts';
import { createToken, importDatabase, runQuery } from '#lib/control/environment-access.ts';
import { addEnvironment, listEnvironments, removeEnvironment, setPaused } from '#lib/control/environments.ts';
import { createProject, deleteProject, getProject, listProjects, updateProject } from '#lib/control/projects.ts';
import { getSettings, updateSettings } from '#lib/control/settings.ts';
import { createEngine } from '#lib/engine/create-engine.ts';

const engine = createEngine();
const actors = new Map<string, Actor>();
let control: Control;

beforeAll(async () => {
  const home = mkdtempSync(join(tmpdir(), 'control-'));
  control = await createControl({ config: { home, masterKey: null, publicUrl: null }, engine });
  const { database } = control.context;
  await createProject(control.context, systemActor, { name: 'Shop', ref: 'shop' });
  await addEnvironment(control.context, systemActor, 'shop', { kind: 'staging' });
  await createProject(control.context, systemActor, { name: 'Other', ref: 'other' });
  const { id: projectId } = await database.project.findUniqueOrThrow({ where: { ref: 'shop' } });
  for (const role of [...roles, 'stranger']) {
    const operator = await control.operators.create(systemActor, { email: `${role}@example.com`, password: 'long enough pass' });
    actors.set(role, control.operators.toActor(operator));
    if (role !== 'stranger') await database.membership.create({ data: { operatorId: operator.id, projectId, role } });
  }
});

afterAll(async () => {
  await engine.shutdown();
  await control.close();
});

const as = (role: string): Actor => actors.get(role) ?? systemActor;

type Deed = (actor: Actor, ref: string) => Promise<unknown>;

/** Every function that takes a ref, and the least role it asks for. What it then does with a wrong argument does not matter. */
const deeds: [name: string, minimum: Role, deed: Deed][] = [
  ['getProject', 'viewer', (actor, ref) => getProject(control.context, actor, ref)],
  ['listEnvironments', 'viewer', (actor, ref) => listEnvironments(control.context, actor, ref)],
  ['getSettings', 'viewer', (actor, ref) => getSettings(control.context, actor, ref)],
  ['listApiKeys', 'viewer', (actor, ref) => keys.listApiKeys(control.context, actor, ref)],
  ['listApiKeys, revealed', 'developer', (actor, ref) => keys.listApiKeys(control.context, actor, ref, true)],
  ['listSigningKeys', 'developer', (actor, ref) => keys.listSigningKeys(control.context, actor, ref)],
  ['createToken', 'developer', (actor, ref) => createToken(control.context, actor, ref, { expiresInSeconds: 60 })],
  ['runQuery', 'developer', (actor, ref) => runQuery(control.context, actor, ref, { query: 'select 1', readOnly: true })],
  [
    'importDatabase',
    'developer',
    (actor, ref) => importDatabase(control.context, actor, ref, () => Promise.reject(new Error('reached'))),
  ],
  ['listAudit', 'admin', (actor, ref) => listAudit(control.context, actor, ref, { limit: 1 })],
  ['updateSettings', 'admin', (actor, ref) => updateSettings(control.context, actor, ref, { durability: 'full' })],
  ['createApiKey', 'admin', (actor, ref) => keys.createApiKey(control.context, actor, ref, { type: 'secret', name: 'default' })],
  ['revokeApiKey', 'admin', (actor, ref) => keys.revokeApiKey(control.context, actor, ref, 'none')],
  ['rotateApiKey', 'admin', (actor, ref) => keys.rotateApiKey(control.context, actor, ref, 'none')],
  ['rotateSecret', 'admin', (actor, ref) => keys.rotateSecret(control.context, actor, ref)],
  ['deleteSigningKey', 'admin', (actor, ref) => keys.deleteSigningKey(control.context, actor, ref, 'none')],
  ['addEnvironment', 'admin', (actor, ref) => addEnvironment(control.context, actor, ref, { kind: 'staging' })],
  ['removeEnvironment', 'admin', (actor, ref) => removeEnvironment(control.context, actor, ref, 'production')],
  ['setPaused', 'admin', (actor, ref) => setPaused(control.context, actor, ref, false)],
  ['updateProject, name', 'admin', (actor, ref) => updateProject(control.context, actor, ref, { name: 'Shop' })],
  [
    'updateProject, compliance',
    'owner',
    (actor, ref) => updateProject(control.context, actor, ref, { compliance: { gdpr: true } }),
  ],
  ['deleteProject', 'owner', (actor, ref) => deleteProject(control.context, actor, ref)],
];

/** What the wall says; null when the deed got past it, however it ended then. */
async function refusal(deed: Promise<unknown>): Promise<object | null> {
  try {
    await deed;
    return null;
  } catch (error) {
    const fields: { code?: unknown; status?: unknown; message?: unknown } = Object(error);
    const walls = ['insufficient_role', 'project_not_found'];
    return walls.includes(String(fields.code)) ? { status: fields.status, code: fields.code, message: fields.message } : null;
  }
}

describe.each(deeds)('%s', (_name, minimum, deed) => {
  test.each(roles)('as %s', async (role) => {
    const allowed = roles.indexOf(role) >= roles.indexOf(minimum);
    // A further environment stands in for the project, so that an allowed deletion stops at its own check.
    expect(await refusal(deed(as(role), 'shop-staging'))).toEqual(
      allowed ? null : { status: 403, code: 'insufficient_role', message: expect.stringContaining(minimum) },
    );
  });

  test('as a stranger: the same answer as for a project that does not exist', async () => {
    const [known, absent] = await Promise.all([refusal(deed(as('stranger'), 'shop')), refusal(deed(as('stranger'), 'absent'))]);
    expect(known).toEqual({ status: 404, code: 'project_not_found', message: 'There is no project or environment "shop".' });
    expect(absent).toEqual({ status: 404, code: 'project_not_found', message: 'There is no project or environment "absent".' });
  });

  test('as the owner of another project', async () => {
    expect(await refusal(deed(as('owner'), 'other'))).toMatchObject({ status: 404 });
  });
});

test('lists hold the projects one has a role in, with that role', async () => {
  const seen = async (role: string) =>
    (await listProjects(control.context, as(role))).map((project) => [project.ref, project.role]);
  expect(await seen('viewer')).toEqual([['shop', 'viewer']]);
  expect(await seen('stranger')).toEqual([]);
  expect(await seen('system')).toEqual([
    ['other', 'owner'],
    ['shop', 'owner'],
  ]);
});

test('the whole record and new operators are for platform owners', async () => {
  await expect(listAudit(control.context, as('owner'), null, { limit: 1 })).rejects.toMatchObject({ status: 403 });
  const wanted = { email: 'x@example.com', password: 'long enough pass', platformRole: 'owner' } as const;
  await expect(control.operators.create(as('owner'), wanted)).rejects.toMatchObject({ status: 403 });
});
