/** The calls an app makes, through the unmodified supabase-js client. */

import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openRestEnvironments, type RestEnvironments } from './rest-environment.ts';

let environments: RestEnvironments;
let alice: SupabaseClient;
let service: SupabaseClient;

beforeAll(async () => {
  environments = await openRestEnvironments();
});
afterAll(() => environments.close());

beforeEach(() => {
  const answer = environments.fresh();
  const connect = (who: 'alice' | 'service') =>
    createClient('http://localhost', environments.token(who), {
      auth: { persistSession: false, autoRefreshToken: false },
      global: { fetch: (input, init) => answer(new Request(input, init)) },
    });
  alice = connect('alice');
  service = connect('service');
});

describe('reading', () => {
  test('select with filters, order and range', async () => {
    const { data, error, count } = await service
      .from('tasks')
      .select('id, name', { count: 'exact' })
      .gte('priority', 2)
      .or('done.is.false,name.eq.design')
      .order('priority', { ascending: false })
      .range(1, 2);
    expect(error).toBeNull();
    expect(count).toBe(4);
    expect(data).toEqual([
      { id: 5, name: 'stray' },
      { id: 1, name: 'design' },
    ]);
  });

  test('embeds with filters of their own', async () => {
    const { data } = await service
      .from('projects')
      .select('name, tasks!inner(name), clients(name)')
      .eq('tasks.done', true)
      .order('name', { referencedTable: 'tasks' })
      .order('id');
    expect(data).toEqual([
      { name: 'Rocket', tasks: [{ name: 'design' }], clients: { name: 'Acme' } },
      { name: 'Shade', tasks: [{ name: 'veil' }], clients: { name: 'Umbra' } },
    ]);
  });

  test('every kind of filter', async () => {
    const ids = async (query: PromiseLike<{ data: { id: number }[] | null }>) => (await query).data?.map((row) => row.id);
    const things = () => service.from('things').select('id').order('id');
    expect(await ids(things().contains('tags', ['x']))).toEqual([1]);
    expect(await ids(things().containedBy('tags', ['x', 'y, z']))).toEqual([2]);
    expect(await ids(things().overlaps('numbers', [3, 9]))).toEqual([1]);
    expect(await ids(things().contains('doc', { a: 1 }))).toEqual([1]);
    expect(await ids(things().rangeLt('period', '[7,9)'))).toEqual([1]);
    expect(await ids(things().rangeAdjacent('period', '[6,9)'))).toEqual([1]);
    expect(await ids(things().textSearch('words', 'fat & cat'))).toEqual([1]);
    expect(await ids(things().textSearch('words', 'fat cat', { type: 'plain' }))).toEqual([1]);
    expect(await ids(things().in('code', ['abcde', 'a,b']))).toEqual([1]);
    expect(await ids(things().not('flag', 'is', null))).toEqual([1, 2]);
    expect(await ids(things().likeAnyOf('code', ['a%', 'b%']))).toEqual([1, 2]);
    expect(await ids(things().match({ id: 1, mood: 'wild' }))).toEqual([1]);
    expect(await ids(things().filter('doc->b->c->>1', 'eq', 'two'))).toEqual([1]);
  });

  test('head, single, maybeSingle, csv and explain', async () => {
    expect((await service.from('tasks').select('*', { count: 'exact', head: true })).count).toBe(5);
    expect((await service.from('tasks').select('name').eq('id', 1).single()).data).toEqual({ name: 'design' });
    expect((await service.from('tasks').select('name').eq('id', 0).maybeSingle()).data).toBeNull();
    expect((await service.from('tasks').select('name').single()).error?.code).toBe('PGRST116');
    expect((await service.from('labels').select().csv()).data).toBe('id,label\n1,urgent\n2,fun');
    expect((await service.from('labels').select().explain()).data).toContain('SCAN');
  });

  test('another schema', async () => {
    expect((await service.schema('shop').from('items').select()).data).toEqual([{ id: 1, name: 'hammer' }]);
  });
});

describe('writing', () => {
  test('insert, upsert, update and delete', async () => {
    const inserted = await service.from('labels').insert({ id: 9, label: 'new' }).select().single();
    expect(inserted.data).toEqual({ id: 9, label: 'new' });
    const merged = await service
      .from('labels')
      .upsert([
        { id: 9, label: 'newer' },
        { id: 10, label: 'newest' },
      ])
      .select();
    expect(merged.data).toHaveLength(2);
    const ignored = await service.from('labels').upsert({ id: 9, label: 'x' }, { ignoreDuplicates: true }).select();
    expect(ignored.data).toEqual([]);
    const updated = await service.from('labels').update({ label: 'last' }, { count: 'exact' }).eq('id', 9).select();
    expect([updated.data, updated.count]).toEqual([[{ id: 9, label: 'last' }], 1]);
    const deleted = await service.from('labels').delete({ count: 'exact' }).gte('id', 9);
    expect(deleted.count).toBe(2);
  });

  test('rows of different keys', async () => {
    const rows = [{ name: 'a' }, { name: 'b', priority: 3 }];
    const { data } = await service.from('tasks').insert(rows, { defaultToNull: false }).select('name, priority');
    expect(data).toEqual([
      { name: 'a', priority: 1 },
      { name: 'b', priority: 3 },
    ]);
  });

  test('errors arrive whole', async () => {
    const { error, status } = await service.from('labels').insert({ id: 1, label: 'x' });
    expect(status).toBe(409);
    expect(error).toMatchObject({ code: '23505', details: 'Key (id)=(1) already exists.' });
  });

  test('policies hold', async () => {
    expect((await alice.from('documents').select('id').order('id')).data).toEqual([{ id: 1 }, { id: 2 }]);
    expect((await alice.from('documents').update({ body: 'x' }).eq('id', 3).select()).data).toEqual([]);
    expect((await alice.from('documents').insert({ body: 'x', owner: '22222222-2222-4222-8222-222222222222' })).error?.code).toBe(
      '42501',
    );
  });
});

describe('functions', () => {
  test('by POST, GET and HEAD', async () => {
    expect((await service.rpc('add', { a: 1, b: 2 })).data).toBe(3);
    expect((await service.rpc('add', { a: 1 }, { get: true })).data).toBe(11);
    expect((await service.rpc('numbers_to', { top: 4 }, { head: true, count: 'exact' })).count).toBe(4);
  });

  test('rows with a select, a filter and an embed', async () => {
    const { data } = await service.rpc('tasks_of', { project: 1 }).select('id, projects(name)').eq('done', false);
    expect(data).toEqual([{ id: 2, projects: { name: 'Rocket' } }]);
  });

  test('a function nobody has', async () => {
    expect((await service.rpc('nofn')).error?.code).toBe('PGRST202');
  });
});
