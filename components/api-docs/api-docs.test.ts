/** From a Swagger description to columns and calls. */

import { expect, test } from 'vitest';
import { toFunctions, toTables } from '#components/api-docs/api-model.ts';
import { toFunctionSnippet, toTableSnippets } from '#components/api-docs/api-snippets.ts';

const description = {
  definitions: {
    notes: {
      required: ['title'],
      properties: {
        id: { format: 'bigint', type: 'integer', description: 'Note:\nThis is a Primary Key.<pk/>' },
        title: { format: 'text', type: 'string' },
        team_id: { format: 'uuid', description: "The team.\n\nNote:\nx<fk table='teams' column='id'/>" },
      },
    },
    "it's": { required: [], properties: {} },
  },
  paths: {
    '/notes': { get: {}, post: {} },
    '/rpc/add': {
      post: {
        summary: 'Adds',
        parameters: [
          {
            in: 'body',
            name: 'args',
            schema: { required: ['a'], properties: { a: { format: 'integer' }, b: { format: 'integer' } } },
          },
        ],
      },
    },
  },
};
const target = { url: 'http://localhost:3000/api/shop', key: 'sb_publishable_x' };

test('columns say their type, key, target and whether they are needed', () => {
  const notes = toTables(description).find((table) => table.name === 'notes');
  expect(notes?.columns).toEqual([
    { name: 'id', type: 'bigint', isRequired: false, isKey: true, references: null, note: '' },
    { name: 'title', type: 'text', isRequired: true, isKey: false, references: null, note: '' },
    { name: 'team_id', type: 'uuid', isRequired: false, isKey: false, references: 'teams.id', note: 'The team.' },
  ]);
});

test('a table gets five calls, one that cannot be written two', () => {
  const [bare, notes] = toTables(description);
  expect(notes && toTableSnippets(notes, target).map(({ title }) => title)).toHaveLength(5);
  expect(bare && toTableSnippets(bare, target)).toHaveLength(2);
});

test('an insert fills what is needed and the address filters by the key', () => {
  const notes = toTables(description).find((table) => table.name === 'notes');
  if (!notes) throw new Error('no notes');
  const [, filter, insert] = toTableSnippets(notes, target);
  expect(filter?.curl).toContain("'http://localhost:3000/api/shop/rest/v1/notes?select=*&id=eq.1'");
  expect(insert?.js).toBe("const { data, error } = await supabase\n  .from('notes')\n  .insert({ title: 'text' })\n  .select()");
  expect(insert?.curl).toContain(`-d '{"title":"text"}'`);
});

test('a function is called with every parameter', () => {
  const [add] = toFunctions(description);
  expect(add?.parameters).toEqual([
    { name: 'a', type: 'integer', isRequired: true },
    { name: 'b', type: 'integer', isRequired: false },
  ]);
  expect(add && toFunctionSnippet(add, target).js).toBe("const { data, error } = await supabase.rpc('add', { a: 1, b: 1 })");
});
