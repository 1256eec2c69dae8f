/** Every other method of the data client: what is asked for, how it comes, and what is written. */

import { expect } from 'vitest';
import { ids, type MethodCase } from './method-case.ts';

const none = { error: null, data: null };

/** What a method that throws threw. */
async function thrown(promise: PromiseLike<unknown>): Promise<object> {
  try {
    return { thrown: null, answer: await promise };
  } catch (error) {
    return { thrown: error };
  }
}

export const queryMethodCases: readonly MethodCase[] = [
  { method: 'client.from', ask: (client) => client.from('labels').select(), gives: { data: labels(), error: null, status: 200 } },
  {
    method: 'client.schema',
    ask: (client) => client.schema('shop').from('items').select(),
    gives: { data: [{ id: 1, name: 'hammer' }], error: null },
  },
  { method: 'client.rpc', ask: (client) => client.rpc('add', { a: 1, b: 2 }), gives: { data: 3, error: null, status: 200 } },
  {
    method: 'client.getOpenApiSpec',
    ask: (client) => client.getOpenApiSpec(),
    gives: {
      error: null,
      data: expect.objectContaining({
        swagger: '2.0',
        definitions: expect.objectContaining({
          labels: expect.objectContaining({ required: ['id', 'label'], type: 'object' }),
        }),
      }),
    },
  },
  {
    method: 'schema().from',
    ask: (client) => client.schema('shop').from('labels').select(),
    gives: { data: null, status: 404, error: expect.objectContaining({ code: 'PGRST205' }) },
  },
  {
    method: 'schema().schema',
    ask: (client) => client.schema('public').schema('private').from('items').select(),
    gives: { data: null, status: 406, error: expect.objectContaining({ code: 'PGRST106' }) },
  },
  { method: 'schema().rpc', ask: (client) => client.schema('public').rpc('add', { a: 1 }, { get: true }), gives: { data: 11 } },
  {
    method: 'schema().getOpenApiSpec',
    ask: async (client) => {
      const { data, error } = await client.schema('shop').getOpenApiSpec();
      return { tables: Object.keys(Object(data?.definitions)), error };
    },
    gives: { tables: ['items'], error: null },
  },
  {
    method: 'from().select',
    ask: (client) => client.from('tasks').select('name, projects!inner(name)', { count: 'exact' }).eq('projects.name', 'Anvil'),
    gives: { data: [{ name: 'cast', projects: { name: 'Anvil' } }], count: 1, error: null },
  },
  {
    method: 'from().insert',
    ask: (client) => client.from('labels').insert({ id: 901, label: 'made' }, { count: 'exact' }),
    gives: { ...none, status: 201, count: 1 },
  },
  {
    method: 'from().upsert',
    ask: async (client) => {
      await client.from('labels').insert({ id: 902, label: 'old' });
      return client.from('labels').upsert({ id: 902, label: 'new' }).select();
    },
    gives: { data: [{ id: 902, label: 'new' }], error: null, status: 200 },
  },
  {
    method: 'from().update',
    ask: async (client) => {
      await client.from('labels').insert({ id: 903, label: 'old' });
      return client.from('labels').update({ label: 'new' }, { count: 'exact' }).eq('id', 903);
    },
    gives: { ...none, status: 204, count: 1 },
  },
  {
    method: 'from().delete',
    ask: async (client) => {
      await client.from('labels').insert({ id: 904, label: 'old' });
      return client.from('labels').delete().eq('id', 904).select();
    },
    gives: { data: [{ id: 904, label: 'old' }], error: null, status: 200 },
  },
  {
    method: 'query.select',
    ask: (client) => client.from('labels').insert({ id: 905, label: 'shown' }).select('label'),
    gives: { data: [{ label: 'shown' }], error: null, status: 201 },
  },
  {
    method: 'query.order',
    ask: (client) => client.from('things').select('id').order('small', { ascending: false, nullsFirst: true }),
    gives: ids(3, 1, 2),
  },
  { method: 'query.limit', ask: (client) => client.from('tasks').select('id').order('id').limit(2), gives: ids(1, 2) },
  { method: 'query.range', ask: (client) => client.from('tasks').select('id').order('id').range(1, 2), gives: ids(2, 3) },
  {
    method: 'query.abortSignal',
    ask: (client) => client.from('labels').insert({ id: 906, label: 'never' }).abortSignal(AbortSignal.abort()),
    gives: { data: null, error: expect.objectContaining({ message: expect.stringContaining('AbortError') }) },
  },
  {
    method: 'query.single',
    ask: (client) => client.from('labels').select('label').eq('id', 1).single(),
    gives: { data: { label: 'urgent' }, error: null },
  },
  {
    method: 'query.maybeSingle',
    ask: (client) => client.from('labels').select().eq('id', 0).maybeSingle(),
    gives: { ...none, status: 200 },
  },
  {
    method: 'query.csv',
    ask: (client) => client.from('labels').select().lt('id', 3).order('id').csv(),
    gives: { data: 'id,label\n1,urgent\n2,fun', error: null },
  },
  {
    method: 'query.geojson',
    ask: (client) => client.from('places').select('name, spot').eq('id', 1).geojson(),
    gives: {
      error: null,
      data: {
        type: 'FeatureCollection',
        features: [{ type: 'Feature', geometry: { type: 'Point', coordinates: [-71.1, 42.3] }, properties: { name: 'quay' } }],
      },
    },
  },
  {
    method: 'query.explain',
    ask: (client) => client.from('labels').select().explain(),
    gives: { data: expect.stringContaining('SCAN'), error: null, status: 200 },
    difference: 'The plan is SQLite’s, a tree of steps without costs: [REST differences](./rest-differences.md).',
  },
  {
    method: 'query.rollback',
    ask: async (client) => {
      const written = await client.from('labels').insert({ id: 907, label: 'gone' }).select().rollback();
      return { written: written.data, kept: (await client.from('labels').select().eq('id', 907)).data };
    },
    gives: { written: [{ id: 907, label: 'gone' }], kept: [] },
  },
  {
    method: 'query.maxAffected',
    ask: async (client) => {
      const answer: object = await client.from('people').update({ mood: 'wild' }).lt('id', 3).maxAffected(1);
      return { ...answer, calm: (await client.from('people').select('id').eq('mood', 'calm')).data };
    },
    gives: { status: 400, error: expect.objectContaining({ code: 'PGRST124' }), calm: [{ id: 1 }] },
  },
  {
    method: 'query.throwOnError',
    ask: (client) => thrown(client.from('nowhere').select().throwOnError()),
    gives: { thrown: expect.objectContaining({ code: 'PGRST205' }) },
  },
  {
    method: 'query.stripNulls',
    ask: (client) => client.from('keyless').select().is('b', null).stripNulls(),
    gives: { data: [{ a: 'y' }], error: null },
  },
  {
    method: 'query.setHeader',
    ask: (client) => client.from('labels').select().eq('id', 1).setHeader('Accept', 'text/csv'),
    gives: { data: 'id,label\n1,urgent', status: 200 },
  },
  { method: 'query.retry', ask: (client) => client.from('labels').select('id').eq('id', 1).retry(false), gives: ids(1) },
  {
    method: 'query.then',
    ask: (client) =>
      client
        .from('labels')
        .select('id')
        .eq('id', 1)
        .then(({ data }) => ({ first: data?.[0] })),
    gives: { first: { id: 1 } },
  },
  { method: 'query.returns', ask: (client) => client.from('labels').select('id').eq('id', 1).returns(), gives: ids(1) },
  {
    method: 'query.overrideTypes',
    ask: (client) => client.from('labels').select('id').eq('id', 1).overrideTypes(),
    gives: ids(1),
  },
];

function labels(): unknown {
  return expect.arrayContaining([
    { id: 1, label: 'urgent' },
    { id: 2, label: 'fun' },
  ]);
}
