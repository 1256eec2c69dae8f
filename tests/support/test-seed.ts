/**
 * One seed for everything random in the suites, so that a run that passed passes again. `KOYALITE_TEST_SEED=random npm test`
 * (or a number) looks where no run has looked before; what that finds is kept as a case.
 */

import fc from 'fast-check';

const asked = process.env.KOYALITE_TEST_SEED ?? '20261';

export const testSeed = asked === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(asked);

fc.configureGlobal({ seed: testSeed });
