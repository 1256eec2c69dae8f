/** No relation a statement could mean is missed. */

import { expect, test } from 'vitest';
import { readRelations } from '#lib/engine/sql/read-relations.ts';
import { referencedNames } from '#lib/engine/sql/referenced-names.ts';

test.each([
  ['select * from Posts', 'posts'],
  ['select * from "POSTS"', 'posts'],
  ['select * from [posts]', 'posts'],
  ['select * from `posts`', 'posts'],
  [`select * from 'posts'`, 'posts'],
  ['select 1 in posts', 'posts'],
  ['select * from app.posts', 'app.posts'],
  ['select * from auth . users', '_koyalite_users'],
  ['select * from "storage"."objects" o', '_koyalite_objects'],
])('%s names %s', (sql, name) => {
  expect(referencedNames(sql).has(name)).toBe(true);
});

test('relations read, and only those', () => {
  const sql = `select a, b from posts p join app.tags t on t.id = p.tag, (select x from inner_one) i where exists (select 1 from auth.users u where u.id in (select user_id from members)) and extract(year from made) = 1 and c is distinct from d`;
  expect([...readRelations(sql)].sort()).toEqual(['_koyalite_users', 'app.tags', 'inner_one', 'members', 'posts']);
});
