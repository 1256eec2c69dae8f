/** Keys and tokens that are tried where they do not belong are on record once; invented ones are not. */

import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { verifyAudit } from '#lib/control/audit.ts';
import { type Management, startManagement } from '../support/management.ts';

let management: Management;
beforeEach(async () => {
  management = await startManagement();
  for (const name of ['Shop', 'Other']) await management.ask('POST', '/projects', { body: { name } });
});
afterEach(() => management.close());

const keySchema = z.array(z.object({ name: z.string(), type: z.string(), api_key: z.string() }));
const keysOf = async (ref: string) =>
  keySchema.parse((await management.ask('GET', `/projects/${ref}/api-keys?reveal=true`)).body).map((one) => one.api_key);

const rest = (ref: string, headers: Record<string, string>) =>
  management.platform.handle(new Request(`http://localhost:3000/api/${ref}/rest/v1/notes`, { headers }));

function environmentEntries(ref: string): unknown[] {
  const { context } = management.platform.control;
  const record = context.directory.find(ref);
  if (record === null) throw new Error(`no ${ref}`);
  const database = context.engine.open(record.ref, record.file, { durability: record.settings.durability });
  const sql = `SELECT traits FROM _koyalite_auth_audit WHERE action = 'foreign_key_refused' ORDER BY id`;
  return database.read((connection) => connection.all(sql).map(({ traits }) => JSON.parse(String(traits))));
}
const platformEntries = () =>
  management.platform.control.context.database.auditEntry.findMany({
    where: { action: 'api_key.foreign_use' },
    orderBy: { seq: 'asc' },
  });

test('A06 T01 a key or token of another project is refused, and once on both records', async () => {
  const foreign = await keysOf('shop');
  expect(foreign.length).toBeGreaterThanOrEqual(4);
  for (let round = 0; round < 3; round++) {
    for (const key of foreign) {
      expect((await rest('other', { apikey: key })).status).toBe(401);
      expect((await rest('other', { apikey: key, authorization: `Bearer ${key}` })).status).toBe(401);
    }
  }
  // The legacy keys are tokens that one key signed: one entry for both.
  const distinct = new Set(foreign.map((key) => (key.startsWith('sb_') ? key : 'signed'))).size;
  await expect.poll(async () => (await platformEntries()).length).toBe(distinct);
  expect(environmentEntries('other')).toHaveLength(distinct);
  expect(environmentEntries('other')).toContainEqual({
    kind: 'key',
    key: expect.stringMatching(/^[0-9a-f]{12}$/),
    of: 'another project',
  });
  expect(environmentEntries('shop')).toEqual([]);
  const entries = await platformEntries();
  expect(entries.map(({ subject, projectRef }) => [subject, projectRef])).toEqual(entries.map(() => ['shop', null]));
  const written = JSON.stringify([entries, environmentEntries('other')]);
  for (const key of foreign) expect(written).not.toContain(key);
  expect((await verifyAudit(management.platform.control.context)).firstBadSeq).toBeNull();
});

test('A06 the auth service, which reads tokens itself, tells of them as well', async () => {
  const [token = ''] = (await keysOf('shop')).filter((key) => !key.startsWith('sb_'));
  const [own = ''] = (await keysOf('other')).filter((key) => key.startsWith('sb_publishable'));
  const headers = { apikey: own, authorization: `Bearer ${token}` };
  const answer = await management.platform.handle(new Request('http://localhost:3000/api/other/auth/v1/user', { headers }));
  expect(answer.status).toBe(403);
  await expect.poll(() => environmentEntries('other')).toHaveLength(1);
});

test('A06 invented keys and tokens, and the environment’s own, write nothing', async () => {
  const [legacy = ''] = (await keysOf('shop')).filter((key) => !key.startsWith('sb_'));
  const [head = '', payload = ''] = legacy.split('.');
  const forged = `${head}.${payload}.${randomBytes(32).toString('base64url')}`;
  for (const key of [forged, `sb_secret_${randomBytes(16).toString('hex')}`, 'x.y.z', 'x'])
    expect((await rest('other', { apikey: key })).status).toBe(401);
  const [own = ''] = (await keysOf('other')).filter((key) => key.startsWith('sb_publishable'));
  expect((await rest('other', { apikey: own, authorization: `Bearer ${forged}` })).status).toBe(401);
  // What is written is written in turn: once this one is there, the others would be.
  const [genuine = ''] = (await keysOf('shop')).filter((key) => key.startsWith('sb_secret'));
  await rest('other', { apikey: genuine });
  await expect.poll(async () => (await platformEntries()).length).toBe(1);
  expect(environmentEntries('other')).toHaveLength(1);
});

test('T02 a key tried on the Platform API is on record where its project sees it', async () => {
  const [key = ''] = (await keysOf('shop')).filter((one) => one.startsWith('sb_secret'));
  for (let round = 0; round < 3; round++) expect((await management.ask('GET', '/projects', { token: key })).status).toBe(401);
  await expect.poll(async () => (await platformEntries()).length).toBe(1);
  expect(await platformEntries()).toMatchObject([{ subject: 'shop', projectRef: 'shop' }]);
});
