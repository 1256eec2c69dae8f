/** Who may do what: every route of a project, tried with every role. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Role, roles } from '#lib/control/actor.ts';
import { routes } from '#lib/control/platform-api/routes.ts';
import { createProject } from '#lib/control/projects.ts';
import { addOperator, call, makeTestControl, type TestControl } from '#lib/control/test-control.ts';

/** The least role of each route below `/projects/{ref}`, with a body it takes. */
const minimum: Record<string, [role: Role, body?: unknown]> = {
  getProject: ['viewer'],
  updateProject: ['admin', { name: 'Renamed' }],
  deleteProject: ['owner'],
  pauseProject: ['admin'],
  restoreProject: ['admin'],
  listEnvironments: ['viewer'],
  addEnvironment: ['admin', { kind: 'dev' }],
  removeEnvironment: ['admin'],
  listApiKeys: ['viewer'],
  createApiKey: ['admin', { type: 'secret', name: 'other' }],
  rotateApiKeys: ['admin', {}],
  revokeApiKey: ['admin'],
  listSigningKeys: ['developer'],
  deleteSigningKey: ['admin'],
  createToken: ['developer', {}],
  runQuery: ['developer', { query: 'select 1' }],
  listOAuthClients: ['viewer'],
  createOAuthClient: ['admin', { client_name: 'x', redirect_uris: ['https://x.example.com/'] }],
  updateOAuthClient: ['admin', { client_name: 'y' }],
  deleteOAuthClient: ['admin'],
  renewOAuthClientSecret: ['admin'],
  listOAuthClientUsers: ['developer'],
  revokeOAuthGrant: ['admin'],
  listAuthUserGrants: ['developer'],
  listPolicies: ['viewer'],
  tryPolicies: ['developer', { as: 'anon', table: 'public.notes', command: 'select' }],
  importDatabase: ['developer', new Uint8Array([1])],
  getSettings: ['viewer'],
  updateSettings: ['admin', { api: { maxRows: 1 } }],
  listProjectAudit: ['admin'],
  listRequestLog: ['developer'],
  listSlowRequests: ['developer'],
  listSecurityAdvice: ['viewer'],
  listMembers: ['viewer'],
  addMember: ['admin', { email: 'a@example.com', role: 'viewer' }],
  changeMember: ['admin', { role: 'viewer' }],
  removeMember: ['admin'],
  listInvites: ['admin'],
  createInvite: ['admin', { email: 'a@example.com', role: 'viewer' }],
  revokeInvite: ['admin'],
  getAuthConfig: ['viewer'],
  hardenAuth: ['admin'],
  updateAuthConfig: ['admin', { site_url: 'https://example.com' }],
  listAuthUsers: ['developer'],
  createAuthUser: ['admin', { email: 'a@example.com' }],
  getAuthUser: ['developer'],
  updateAuthUser: ['admin', {}],
  deleteAuthUser: ['admin'],
  listAuthUserSessions: ['developer'],
  endAuthUserSessions: ['admin'],
  verifyAuthAudit: ['admin'],
  acceptAuditRestore: ['owner', { reason: 'a test' }],
  listAppRoles: ['viewer'],
  createAppRole: ['admin', { name: 'editor' }],
  changeAppRole: ['admin', {}],
  deleteAppRole: ['admin'],
  listAppRoleUsers: ['developer'],
  grantAppRole: ['admin', { user_id: 'x' }],
  revokeAppRole: ['admin'],
  listAppRolesOfUser: ['developer'],
  setAppRolesOfUser: ['admin', { roles: [] }],
  listImpersonations: ['admin'],
  impersonate: ['admin', { sub: 'x', reason: 'a test' }],
  endImpersonation: ['admin'],
  listMails: ['developer'],
  getMail: ['developer'],
  resendMail: ['admin'],
};

let started: TestControl;
const tokens = new Map<Role, string>();
/** Of operators who have the role on every project, and belong to none. */
const everywhere = new Map<Role, string>();
let stranger: string;

beforeAll(async () => {
  started = await makeTestControl();
  await createProject(started.control.context, started.owner, { name: 'Shop' });
  for (const role of roles) tokens.set(role, (await addOperator(started.control, { ref: 'shop', role })).token);
  for (const role of roles) {
    const { actor, token } = await addOperator(started.control);
    everywhere.set(role, token);
    const where = { id: actor.operatorId ?? '' };
    await started.control.context.database.operator.update({ where, data: { platformRole: role } });
  }
  stranger = (await addOperator(started.control)).token;
});
afterAll(() => started.close());

const inProject = routes.filter((route) => route.path.startsWith('/projects/{ref}'));
const toPath = (path: string) => path.replace('{ref}', 'shop').replace(/\{\w+\}/g, 'shop-other');

test('the table names every route of a project', () => {
  expect(inProject.map((route) => route.id).sort()).toEqual(Object.keys(minimum).sort());
});

describe.each(inProject)('$id', ({ id, method, path }) => {
  const [least, body] = minimum[id] ?? ['owner'];
  const options = body === undefined ? {} : { body };
  const tooLittle = roles.slice(0, roles.indexOf(least));

  test('I01 T01 401 for nobody, 404 for a stranger as for no project, 403 below its role', async () => {
    expect((await call(started.control, method, toPath(path), options)).status).toBe(401);
    const hidden = await call(started.control, method, toPath(path), { token: stranger, ...options });
    expect(hidden).toMatchObject({ status: 404, body: { code: 'project_not_found' } });
    for (const role of tooLittle) {
      for (const token of [tokens.get(role) ?? '', everywhere.get(role) ?? '']) {
        const refused = await call(started.control, method, toPath(path), { token, ...options });
        expect(refused, role).toMatchObject({ status: 403, body: { code: 'insufficient_role' } });
      }
    }
  });
});

test('I01 nothing was changed by what was refused', async () => {
  const { database } = started.control.context;
  expect(await database.auditEntry.count({ where: { projectRef: 'shop' } })).toBe(1);
  expect(await database.project.findFirst()).toMatchObject({ name: 'Shop', status: 'active' });
});

test('I08 revealing keys takes a developer, flags take an owner, the whole record takes a platform owner', async () => {
  const { control } = started;
  const as = (role: Role) => ({ token: tokens.get(role) ?? '' });
  expect((await call(control, 'GET', '/projects/shop/api-keys?reveal=true', as('viewer'))).status).toBe(403);
  const shown = await call(control, 'GET', '/projects/shop/api-keys', as('viewer'));
  expect(shown.text).not.toMatch(/sb_secret_\w{10}/);
  const body = { compliance: { hipaa: true } };
  expect((await call(control, 'PATCH', '/projects/shop', { ...as('admin'), body })).status).toBe(403);
  expect((await call(control, 'GET', '/audit', as('owner'))).status).toBe(403);
  expect((await call(control, 'GET', '/audit', { token: started.token })).status).toBe(200);
});

test('a list holds only what one has a role in', async () => {
  const list = async (token: string) => (await call(started.control, 'GET', '/projects', { token })).body;
  expect(await list(stranger)).toEqual([]);
  expect(await list(tokens.get('viewer') ?? '')).toMatchObject([{ ref: 'shop', role: 'viewer' }]);
  expect(await list(everywhere.get('developer') ?? '')).toMatchObject([{ ref: 'shop', role: 'developer' }]);
});

test('of a role everywhere and a role in the project the higher counts, and a viewer of the platform makes no project', async () => {
  const { control } = started;
  const { database } = control.context;
  const { actor, token } = await addOperator(control, { ref: 'shop', role: 'admin' });
  const roleNow = async (platformRole: string) => {
    await database.operator.update({ where: { id: actor.operatorId ?? '' }, data: { platformRole } });
    return (await call(control, 'GET', '/projects/shop', { token })).fields.role;
  };
  expect(await roleNow('viewer')).toBe('admin');
  const made = await call(control, 'POST', '/projects', { token, body: { name: 'Mine' } });
  expect(made).toMatchObject({ status: 403, body: { code: 'insufficient_role' } });
  expect(await roleNow('owner')).toBe('owner');
  expect(await roleNow('nonsense')).toBe('admin');
});
