/**
 * Random policies, rows and statements on PostgreSQL 15 and here: the same error, the same rows, the same table.
 * A seed that ever failed stays in failing-seeds.json.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { RestEnvironment } from '../../support/rest-environment.ts';
import { testSeed } from '../../support/test-seed.ts';
import { productions, productionsOf } from './coverage.ts';
import { type Case, makeCase } from './grammar.ts';
import { isSame } from './outcome.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { toRest, toSetup, toStatement } from './render.ts';
import { openKoyaLite, runOnKoyaLite } from './run-koyalite.ts';
import { preparePostgres, runOnPostgres } from './run-postgres.ts';
import { shrink } from './shrink.ts';

const baseSeed = 100_000;
const cases = Number(process.env.KOYALITE_DIFFERENTIAL_CASES ?? 5000);
const failingSeeds = z.array(z.number()).parse(JSON.parse(readFileSync(new URL('failing-seeds.json', import.meta.url), 'utf8')));

let postgres: Postgres;
let koyalite: RestEnvironment;

beforeAll(async () => {
  postgres = await startPostgres();
  await preparePostgres(postgres.client);
  koyalite = await openKoyaLite();
}, 120_000);

afterAll(async () => {
  await koyalite?.close();
  await postgres?.stop();
});

test('seeds that failed before', () => compare(failingSeeds), 60_000);

test(`${cases} cases from a fixed seed, every production among them`, async () => {
  const seen = new Map<string, number>();
  let succeeded = 0;
  let touched = 0;
  const seeds = Array.from({ length: cases }, (_, index) => baseSeed + index);
  await compare(seeds, (item, error, affected) => {
    for (const production of productionsOf(item)) seen.set(production, (seen.get(production) ?? 0) + 1);
    if (error !== null) return;
    succeeded += 1;
    if (affected > 0) touched += 1;
  });
  expect(productions.filter((production) => (seen.get(production) ?? 0) < cases / 100)).toEqual([]);
  expect([...seen.keys()].filter((production) => !productions.includes(production))).toEqual([]);
  expect(touched / succeeded).toBeGreaterThan(0.3);
}, 600_000);

test(`1000 cases from seed ${testSeed}`, () => compare(Array.from({ length: 1000 }, (_, index) => testSeed + index)), 300_000);

async function compare(
  seeds: readonly number[],
  observe?: (item: Case, error: string | null, affected: number) => void,
): Promise<void> {
  for (const [index, seed] of seeds.entries()) {
    const item = makeCase(seed);
    const expected = await runOnPostgres(postgres.client, item);
    const actual = await runOnKoyaLite(koyalite, item);
    observe?.(item, expected.error, expected.affected);
    if (!isSame(item, expected, actual)) await report(item);
    // Rolled back policies leave dead rows in PostgreSQL's catalog.
    if (index % 500 === 499) await postgres.client.query('vacuum pg_policy, pg_depend, pg_shdepend, pg_class');
  }
}

async function report(item: Case): Promise<never> {
  const differs = async (candidate: Case) =>
    !isSame(candidate, await runOnPostgres(postgres.client, candidate), await runOnKoyaLite(koyalite, candidate));
  const small = await shrink(item, differs);
  const expected = await runOnPostgres(postgres.client, small);
  const actual = await runOnKoyaLite(koyalite, small);
  const request = small.path === 'rest' ? JSON.stringify(toRest(small.statement)) : 'as SQL';
  const lines = [
    `seed ${item.seed} differs, made small:`,
    toSetup(small),
    JSON.stringify(small.caller),
    toStatement(small.statement),
    request,
  ];
  throw new Error([...lines, `PostgreSQL ${JSON.stringify(expected)}`, `KoyaLite   ${JSON.stringify(actual)}`].join('\n'));
}
