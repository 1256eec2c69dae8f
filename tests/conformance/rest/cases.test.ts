/** Every case, in process, each on data of its own. */

import { afterAll, beforeAll, describe, test } from 'vitest';
import { subjects } from './cases.ts';
import { checkCase } from './check-case.ts';
import { isHarmless } from './rest-case.ts';
import { openRestEnvironments, type RestEnvironments, toRequest } from './rest-environment.ts';

let environments: RestEnvironments;
let shared: (request: Request) => Promise<Response>;

beforeAll(async () => {
  environments = await openRestEnvironments();
  shared = environments.fresh();
});
afterAll(() => environments.close());

describe.each(Object.entries(subjects))('%s', (_, cases) => {
  test.each(cases.map((item) => [item.name, item] as const))('%s', async (_name, item) => {
    const answer = isHarmless(item) ? shared : environments.fresh();
    for (const line of item.after ?? []) await answer(toRequest('http://localhost', line, item, environments.token));
    await checkCase(item, await answer(toRequest('http://localhost', item.request, item, environments.token)));
  });
});
