import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spendTotp } from '#lib/control/operator-factors.ts';
import { makeTestControl, type TestControl } from '#lib/control/test-control.ts';
import { enrollTotp } from '#lib/identity/totp.ts';

let started: TestControl;
beforeAll(async () => {
  started = await makeTestControl();
});
afterAll(() => started.close());

test('of two requests that read the factor before either spent the code, one passes', async () => {
  const { database, masterKey } = started.control.context;
  const { secret } = enrollTotp('KoyaLite', 'someone');
  const factor = await database.operatorFactor.create({
    data: {
      id: 'f',
      operatorId: started.owner.operatorId ?? '',
      kind: 'totp',
      name: 'App',
      sealedSecret: masterKey.seal('operator-totp', secret, 'f'),
    },
  });
  const code = new TOTP({ secret }).generate();
  const spend = () => spendTotp(database, masterKey, factor, code);
  expect((await Promise.all([spend(), spend()])).sort()).toEqual([false, true]);
  const kept = await database.operatorFactor.findUniqueOrThrow({ where: { id: 'f' } });
  expect(kept.sealedSecret).not.toContain(secret);
});
