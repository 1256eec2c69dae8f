/** A DELETE refused because of a reference names the key that is referenced, to whom may read it. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRestEnvironment, type RestEnvironment, serviceRole } from '../../support/rest-environment.ts';

const ada = { role: 'authenticated', sub: '00000000-0000-4000-8000-00000000000a' };

let rest: RestEnvironment;

beforeAll(async () => {
  rest = await openRestEnvironment(`
    create table people (id bigint primary key, ssn text not null unique);
    create policy everyone on people for all to authenticated using (true);
    create table notes (id bigint primary key, ssn text references people (ssn) on delete cascade);
    create table papers (id bigint primary key, ssn text references people (ssn));
    create table open (id bigint primary key, ssn text not null unique);
    create policy everyone on open for all to authenticated using (true);
    create table bills (id bigint primary key, ssn text references open (ssn));
    insert into people values (1, '111'), (2, '222');
    insert into notes values (1, '111');
    insert into papers values (1, '222');
    insert into open values (1, '333');
    insert into bills values (1, '333');
    revoke select on people from authenticated;
    grant select (id) on people to authenticated;`);
});
afterAll(() => rest.close());

async function detailsOf(path: string, as: typeof ada | typeof serviceRole): Promise<unknown> {
  const { status, json } = await rest.call('DELETE', path, { as });
  expect([status, json]).toMatchObject([409, { code: '23503' }]);
  return (json as { details: unknown }).details;
}

test('the value is named to a caller who may read it', async () => {
  expect(await detailsOf('/open?id=eq.1', ada)).toBe('Key (ssn)=(333) is still referenced from table "bills".');
});

test('the value of a column that the caller may not read is not', async () => {
  expect(await detailsOf('/people?id=eq.2', ada)).toMatch(/^Key \(ssn\) is still referenced from table /);
});

test('a reference that is removed with its row is not the one', async () => {
  expect(await detailsOf('/people?id=in.(1,2)', serviceRole)).toBe('Key (ssn)=(222) is still referenced from table "papers".');
});
