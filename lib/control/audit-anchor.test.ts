import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { findAnchor, listMarks, moveAnchor, replaceAnchor } from '#lib/control/audit-anchor.ts';
import { inTransaction } from '#lib/control/control-context.ts';
import { createProject } from '#lib/control/projects.ts';
import { makeTestControl, type TestControl } from '#lib/control/test-control.ts';

let started: TestControl;
let id: string;

beforeAll(async () => {
  started = await makeTestControl();
  await createProject(started.control.context, started.owner, { name: 'Shop' });
  id = (await started.control.context.database.environment.findFirstOrThrow()).id;
});
afterAll(() => started.close());
afterEach(() => vi.useRealTimers());

const context = () => started.control.context;
const entry = (seq: number) => ({ seq, hash: `hash ${seq}` });
const root = entry(1);
const move = async (seq: number) => moveAnchor(context(), id, await findAnchor(context(), id), { end: entry(seq), root });

test('marks stay for a day, and of older hours the last', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T10:00:00Z') });
  for (const seq of [1, 2, 3]) await move(seq);
  vi.setSystemTime(new Date('2026-01-01T11:00:00Z'));
  for (const seq of [4, 5]) await move(seq);
  vi.setSystemTime(new Date('2026-01-02T10:30:00Z'));
  await move(6);
  expect((await listMarks(context(), id)).map(({ seq }) => seq)).toEqual([6, 5, 4, 3]);
  vi.setSystemTime(new Date('2026-01-03T10:30:00Z'));
  await move(7);
  expect((await listMarks(context(), id)).map(({ seq }) => seq)).toEqual([7, 6, 5, 3]);
});

test('a mark that was altered is none', async () => {
  const { database } = context();
  await database.auditMark.updateMany({ where: { seq: 5 }, data: { hash: 'forged' } });
  await database.auditMark.updateMany({ where: { seq: 3 }, data: { seq: 4 } });
  expect((await listMarks(context(), id)).map(({ seq }) => seq)).toEqual([7, 6]);
});

test('an anchor moves only from where it was when the file was looked at', async () => {
  const known = await findAnchor(context(), id);
  if (known === null) throw new Error('no anchor');
  const replace = () =>
    inTransaction(context(), (transaction) => replaceAnchor(context(), transaction, id, known, { end: entry(3), root }));
  expect(await replace()).toBe(true);
  expect(await findAnchor(context(), id)).toMatchObject({ seq: 3, restores: 1, genuine: true });
  await moveAnchor(context(), id, known, { end: entry(9), root });
  await moveAnchor(context(), id, null, { end: entry(9), root });
  expect(await replace()).toBe(false);
  expect(await findAnchor(context(), id)).toMatchObject({ seq: 3, restores: 1, genuine: true });
});

test('they go with their environment', async () => {
  await context().database.environment.delete({ where: { id } });
  expect(await context().database.auditMark.count()).toBe(0);
  expect(await findAnchor(context(), id)).toBeNull();
});
