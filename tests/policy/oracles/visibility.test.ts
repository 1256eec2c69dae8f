/** Two oracles without PostgreSQL: what is visible is what the policies say of each row, and a filter splits it in three. */

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { toCaller } from '#lib/engine/caller.ts';
import { guardSql } from '#lib/engine/policies/guard-sql.ts';
import { toParameters } from '#lib/engine/run/bind.ts';
import type { RestEnvironment } from '../../support/rest-environment.ts';
import { type Case, makeCase, makeExpression } from '../differential/grammar.ts';
import { createRandom } from '../differential/random.ts';
import { toSql } from '../differential/render.ts';
import { openKoyaLite, resetTo, toClaims } from '../differential/run-koyalite.ts';
import { visibleRows } from './evaluate.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const idsSchema = z.array(z.object({ id: z.number() }));

let target: RestEnvironment;

beforeAll(async () => {
  target = await openKoyaLite();
});
afterAll(() => target.close());

test('a caller sees exactly the rows the policies admit one by one', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const item = makeCase(seed);
      resetTo(target, item);
      const answer = await target.call('GET', '/t?select=id&order=id', { as: toClaims(item) });
      expect(idsSchema.parse(answer.json)).toEqual(visibleRows(item).map(({ id }) => ({ id })));
    }),
    { numRuns: 1000 },
  );
});

test('p, not p and p is null divide what is visible', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const item = makeCase(seed);
      resetTo(target, item);
      await target.call('HEAD', '/t');
      const p = toSql(makeExpression(createRandom(seed + 1), 3, 'sql'));
      const [all, yes, no, unknown] = ['true', p, `not (${p})`, `(${p}) is null`].map((where) => count(item, where));
      expect(Number(yes) + Number(no) + Number(unknown)).toBe(all);
    }),
    { numRuns: 500 },
  );
});

function count(item: Case, where: string): number {
  const caller = toCaller(item.caller.role, toClaims(item));
  const wall = (sql: string) => ({ sql: guardSql(target.database.catalog, caller.role, sql), named: toParameters(caller, null) });
  return Number(target.script(`select count(*) from t where ${where}`, { wall })[0]?.rows[0]?.[0]);
}
