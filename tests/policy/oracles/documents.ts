/** A table of every kind of column, its visible rows, and worlds that differ only in rows the caller cannot see. */

export const reader = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';

/** Policies of different make: a comparison, a membership, a function, and one that could raise. */
export const policySets: Readonly<Record<string, string>> = {
  comparison: 'create policy p on docs using (owner = auth.uid());',
  membership:
    'create policy p on docs using (exists (select 1 from shares s where s.owner = docs.owner and s.reader = auth.uid()));',
  function:
    'create function may_read(who uuid) returns boolean language sql stable as $$ select who = auth.uid() $$; create policy p on docs using (may_read(owner));',
  raising: "create policy p on docs using ((access ->> 'reader')::uuid = auth.uid());",
  restrictive:
    'create policy p on docs using (true); create policy r on docs as restrictive using (owner in (select owner from shares where reader = auth.uid()));',
};

export const tables = `
  create table folders (id int primary key, name text, owner uuid);
  create table shares (owner uuid, reader uuid);
  create table docs (id int primary key, owner uuid, folder_id int references folders, title text, n int, big bigint, price numeric, ratio double precision,
    at timestamptz, day date, data jsonb, raw text, tags text[], span int4range, words tsvector, flag boolean, access jsonb);
  create policy f on folders using (owner = auth.uid());
  create policy s on shares for select using (reader = auth.uid());
  create function search(word text) returns setof docs language sql stable as $$ select * from docs where title like '%' || word || '%' $$;
  create function shout(docs) returns text language sql stable as $$ select upper($1.title) $$;
`;

export const visible = `
  insert into folders values (1, 'mine', '${reader}'), (2, 'empty', '${reader}');
  insert into shares values ('${reader}', '${reader}');
  insert into docs values
    (10, '${reader}', 1, 'alpha cat', 1, 10, 1.5, 0.5, '2026-01-01T00:00:00Z', '2026-01-01', '{"k": "v", "n": 1, "a": [1, 2]}', '{"k": 1}', '{x,y}', '[1,5)', 'cat:1', true, '{"reader": "${reader}"}'),
    (20, '${reader}', 1, 'beta dog', 2, null, 2.25, 1.5, '2026-02-01T00:00:00Z', null, '[1, 2, 3]', '12', '{y}', '[5,9)', 'dog:1', false, '{"reader": "${reader}"}'),
    (30, '${reader}', null, null, null, 5, null, null, null, '2026-03-01', null, null, null, null, null, null, '{"reader": "${reader}"}');
`;

/** Rows nobody but their owner sees, made to raise whatever a careless predicate might raise. */
export const hidden: readonly string[] = [
  '',
  `insert into folders values (3, 'theirs', '${other}');
   insert into docs values
    (5, '${other}', 1, 'no number', -2147483648, -9223372036854775808, 1e30, 1e308, '2030-01-01T00:00:00Z', '0001-01-01', '"text"', 'no json {', '{}', 'empty', 'zebra:1', null, '{"reader": "${other}"}'),
    (15, '${other}', 2, repeat('%a', 30000), 2147483647, 9223372036854775807, 0.000001, -1e308, '1970-01-01T00:00:00Z', '9999-12-31', '{"k": {"deep": [null]}}', '{"k":', '{NULL,"a,b"}', '(,)', 'dog:1 cat:2', true, '{"reader": "${other}"}'),
    (25, null, 3, '((((', 0, 0, 0, 0, null, null, '0', '', '{x}', '[1,2)', null, false, null);`,
  `with recursive s(value) as (select 1 union all select value + 1 from s where value < 300)
   insert into docs select 1000 + value, '${other}', 1 + value % 2, 'alpha cat ' || value, value, value, value, value, null, null, '{"k": "v"}', 'x' || value, '{x}', '[1,5)', 'cat:1', true, null from s;`,
];
