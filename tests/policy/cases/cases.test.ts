/** Row-level security as a table: policies, a caller, a request, and what must and must not come of it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRestEnvironment, type RestEnvironment } from '../../support/rest-environment.ts';
import { ownerViewCases } from './owner-view.cases.ts';
import { readCases } from './read.cases.ts';
import { functionCases, grantCases, viewCases } from './schema.cases.ts';
import { type RlsCase, rows, tables } from './world.ts';
import { deleteCases, insertCases, updateCases, upsertCases } from './write.cases.ts';

let target: RestEnvironment;

beforeAll(async () => {
  target = await openRestEnvironment();
});
afterAll(() => target.close());

/** Every case has the tables to itself: it may alter them. */
function reset(given: string): void {
  const functions = target.database.read((connection) => connection.all('SELECT name FROM main._koyalite_functions'));
  const views = target.database.read((connection) => connection.all("SELECT name FROM sqlite_schema WHERE type = 'view'"));
  const drops = [
    ...views.map(({ name }) => `drop view if exists ${name} cascade;`),
    ...functions.map(({ name }) => `drop function if exists ${name} cascade;`),
  ];
  target.script(
    `drop table if exists tags cascade; drop table if exists notes cascade; drop table if exists members cascade; drop table if exists teams cascade;`,
  );
  target.script(drops.join(' '));
  target.script(tables + rows + given);
}

const groups: Readonly<Record<string, readonly RlsCase[]>> = {
  read: readCases,
  insert: insertCases,
  upsert: upsertCases,
  update: updateCases,
  delete: deleteCases,
  grants: grantCases,
  views: viewCases,
  'views with their owner’s rights': ownerViewCases,
  functions: functionCases,
};

describe.each(Object.entries(groups))('%s', (_group, cases) => {
  test.each(cases.map((item) => [item.name, item] as const))('%s', async (_name, item) => {
    reset(item.given);
    const headers = item.prefer === undefined ? {} : { prefer: item.prefer };
    const answer = await target.call(item.method ?? 'GET', item.path, { as: item.as, body: item.body, headers });
    expect(answer.status, answer.text).toBe(item.status);
    if (item.answer !== undefined) expect(answer.json).toEqual(item.answer);
    if (item.code !== undefined) expect(answer.json).toMatchObject({ code: item.code });
    if (item.range !== undefined) expect(answer.headers.get('content-range')).toBe(item.range);
    const told = answer.text + JSON.stringify([...answer.headers]);
    for (const text of item.absent ?? []) expect(told).not.toContain(text);
    if (item.after !== undefined) expect(target.script(item.after[0]).at(-1)?.rows).toEqual(item.after[1]);
  });
});
