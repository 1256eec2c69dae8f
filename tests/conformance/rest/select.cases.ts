/** The select list: columns, aliases, casts, JSON paths, computed columns and aggregates. */

import type { RestCase } from './rest-case.ts';

const gives = (name: string, request: string, body: unknown, more: Partial<RestCase> = {}): RestCase => ({
  name,
  request: `GET /${request}`,
  status: 200,
  body,
  ...more,
});

const refused = (name: string, request: string, error: Record<string, unknown>, status = 400): RestCase => ({
  name,
  request: `GET /${request}`,
  status,
  error,
});

export const selectCases: readonly RestCase[] = [
  gives('everything', 'labels', [
    { id: 1, label: 'urgent' },
    { id: 2, label: 'fun' },
  ]),
  gives('a star', 'labels?select=*&id=eq.1', [{ id: 1, label: 'urgent' }]),
  gives('an empty select is a star', 'labels?select=&id=eq.1', [{ id: 1, label: 'urgent' }]),
  gives('two columns', 'tasks?select=name,id&id=eq.1', [{ name: 'design', id: 1 }]),
  gives('an alias', 'tasks?select=title:name&id=eq.1', [{ title: 'design' }]),
  gives('a column twice', 'tasks?select=name,again:name&id=eq.1', [{ name: 'design', again: 'design' }]),
  gives('a cast', 'tasks?select=id::text&id=eq.1', [{ id: '1' }]),
  gives('an alias and a cast', 'tasks?select=word:id::text&id=eq.1', [{ word: '1' }]),
  gives('text to integer', 'things?select=v:doc->>a::int&id=eq.1', [{ v: 1 }]),
  gives('boolean to text', 'tasks?select=done::text&id=eq.1', [{ done: 'true' }]),
  gives('boolean to integer', 'tasks?select=done::int&id=eq.1', [{ done: 1 }]),
  gives('a JSON path', 'things?select=doc->b->c&id=eq.1', [{ c: [1, 'two', true] }]),
  gives('a JSON path is called by its last name', 'things?select=doc->b->c->>1&id=eq.1', [{ c: 'two' }]),
  gives('a JSON path with an alias', 'things?select=second:doc->b->c->1&id=eq.1', [{ second: 'two' }]),
  gives('a JSON path that leads nowhere', 'things?select=doc->x->y&id=eq.1', [{ y: null }]),
  gives('a JSON string as JSON keeps its quotes off', 'things?select=doc->b->c->1&id=eq.1', [{ c: 'two' }]),
  gives('a quoted column', 'things?select="odd name"&id=eq.1', [{ 'odd name': 'odd' }]),
  gives('a column with a space', 'things?select=odd name&id=eq.1', [{ 'odd name': 'odd' }]),
  gives('a computed column', 'tasks?select=id,shout&id=eq.1', [{ id: 1, shout: 'DESIGN' }]),
  gives('a star leaves computed columns out', 'tasks?id=eq.5', [
    { id: 5, name: 'stray', project_id: null, done: false, priority: 4 },
  ]),
  gives('a star and a computed column', 'tasks?select=*,shout&id=eq.5', [
    { id: 5, name: 'stray', project_id: null, done: false, priority: 4, shout: 'STRAY' },
  ]),
  gives('count', 'tasks?select=count()', [{ count: 5 }]),
  gives('count without parentheses', 'tasks?select=count', [{ count: 5 }]),
  gives('count of a column leaves nulls out', 'tasks?select=project_id.count()', [{ count: 4 }]),
  gives('sum', 'tasks?select=priority.sum()', [{ sum: 15 }]),
  gives('sum with a name', 'tasks?select=total:priority.sum()', [{ total: 15 }]),
  gives('min and max', 'tasks?select=low:priority.min(),high:priority.max()', [{ low: 1, high: 5 }]),
  gives('avg', 'tasks?select=priority.avg()', [{ avg: 3 }]),
  gives('avg with a cast', 'tasks?select=priority.avg()::text', [{ avg: '3.0000000000000000' }]),
  gives('sum of nothing', 'tasks?select=priority.sum()&id=eq.0', [{ sum: null }]),
  gives('groups', 'tasks?select=done,count()&order=done', [
    { done: false, count: 3 },
    { done: true, count: 2 },
  ]),
  gives('groups by two', 'tasks?select=done,project_id,priority.sum()&project_id=eq.1&order=done', [
    { done: false, project_id: 1, sum: 5 },
    { done: true, project_id: 1, sum: 3 },
  ]),
  gives('groups by a JSON path', 'things?select=doc->>a,count()&id=eq.1', [{ a: '1', count: 1 }]),
  refused('an unknown column', 'tasks?select=nope', { code: '42703', message: 'column tasks.nope does not exist' }),
  refused('an unknown cast', 'tasks?select=id::nonsense', { code: '42704', message: 'type "nonsense" does not exist' }),
  refused('an unknown aggregate', 'tasks?select=priority.median()', { code: 'PGRST100' }),
  refused('sum without a column', 'tasks?select=sum()', { code: 'PGRST100' }),
  refused('a trailing comma', 'tasks?select=id,', { code: 'PGRST100' }),
  refused('an open parenthesis', 'tasks?select=id,projects(', { code: 'PGRST100' }),
  refused('a stray parenthesis', 'tasks?select=id)', { code: 'PGRST100' }),
  refused('a path without a key', 'things?select=doc->', { code: 'PGRST100' }),
  gives('a text that is no number', 'tasks?select=name::int&id=eq.1', [{ name: null }], {
    difference: 'A cast that a value does not fit yields null, not error 22P02: an error would tell of rows that policies hide.',
  }),
  refused('SQL in a name', 'tasks?select=id;drop', { code: 'PGRST100' }),
];
