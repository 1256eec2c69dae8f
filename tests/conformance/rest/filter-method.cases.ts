/** Every filter of the data client. */

import type { SupabaseClient } from '@supabase/supabase-js';
import { ids, type MethodCase } from './method-case.ts';

const things = (client: SupabaseClient) => client.from('things').select('id').order('id');
const people = (client: SupabaseClient) => client.from('people').select('id').order('id');

export const filterMethodCases: readonly MethodCase[] = [
  { method: 'query.eq', ask: (client) => things(client).eq('small', 7), gives: ids(1) },
  { method: 'query.neq', ask: (client) => things(client).neq('small', 7), gives: ids(2) },
  { method: 'query.gt', ask: (client) => things(client).gt('small', -1), gives: ids(1) },
  { method: 'query.gte', ask: (client) => things(client).gte('small', -1), gives: ids(1, 2) },
  { method: 'query.lt', ask: (client) => things(client).lt('small', 7), gives: ids(2) },
  { method: 'query.lte', ask: (client) => things(client).lte('small', 7), gives: ids(1, 2) },
  { method: 'query.like', ask: (client) => people(client).like('name', 'a%'), gives: ids() },
  { method: 'query.ilike', ask: (client) => people(client).ilike('name', 'a%'), gives: ids(1) },
  { method: 'query.likeAllOf', ask: (client) => people(client).likeAllOf('name', ['%d%', 'A%']), gives: ids(1) },
  { method: 'query.likeAnyOf', ask: (client) => people(client).likeAnyOf('name', ['A%', 'B%', 'c%']), gives: ids(1, 2) },
  { method: 'query.ilikeAllOf', ask: (client) => people(client).ilikeAllOf('name', ['%D%', 'a%']), gives: ids(1) },
  { method: 'query.ilikeAnyOf', ask: (client) => people(client).ilikeAnyOf('name', ['a%', 'c%']), gives: ids(1, 3) },
  { method: 'query.regexMatch', ask: (client) => people(client).regexMatch('name', '^[Ab]'), gives: ids(1) },
  { method: 'query.regexIMatch', ask: (client) => people(client).regexIMatch('name', '^[Ab]'), gives: ids(1, 2) },
  { method: 'query.is', ask: (client) => things(client).is('flag', null), gives: ids(3) },
  { method: 'query.isDistinct', ask: (client) => things(client).isDistinct('small', 7), gives: ids(2, 3) },
  { method: 'query.in', ask: (client) => things(client).in('code', ['abcde', 'a,b']), gives: ids(1) },
  { method: 'query.notIn', ask: (client) => things(client).notIn('code', ['abcde', 'a,b']), gives: ids(2) },
  { method: 'query.contains', ask: (client) => things(client).contains('doc', { a: 1 }), gives: ids(1) },
  { method: 'query.containedBy', ask: (client) => things(client).containedBy('numbers', [1, 2, 3]), gives: ids(1) },
  { method: 'query.rangeGt', ask: (client) => things(client).rangeGt('period', '[0,1)'), gives: ids(1) },
  { method: 'query.rangeGte', ask: (client) => things(client).rangeGte('period', '[1,3)'), gives: ids(1) },
  { method: 'query.rangeLt', ask: (client) => things(client).rangeLt('period', '[6,9)'), gives: ids(1) },
  { method: 'query.rangeLte', ask: (client) => things(client).rangeLte('period', '[3,6)'), gives: ids(1) },
  { method: 'query.rangeAdjacent', ask: (client) => things(client).rangeAdjacent('period', '[6,9)'), gives: ids(1) },
  { method: 'query.overlaps', ask: (client) => things(client).overlaps('numbers', [2, 9]), gives: ids(1) },
  { method: 'query.textSearch', ask: (client) => things(client).textSearch('words', 'cats & fat'), gives: ids(1) },
  { method: 'query.match', ask: (client) => things(client).match({ id: 1, mood: 'wild' }), gives: ids(1) },
  { method: 'query.not', ask: (client) => things(client).not('small', 'eq', 7), gives: ids(2) },
  { method: 'query.or', ask: (client) => things(client).or('small.eq.7,and(flag.is.null,code.is.null)'), gives: ids(1, 3) },
  { method: 'query.filter', ask: (client) => things(client).filter('doc->b->c->>1', 'eq', 'two'), gives: ids(1) },
];
