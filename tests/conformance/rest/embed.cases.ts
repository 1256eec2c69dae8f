/** Embedded resources: every cardinality, hints, joins, spreads, and what may be asked of an embed. */

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

export const embedCases: readonly RestCase[] = [
  gives('many to one', 'tasks?select=name,projects(name)&id=eq.2', [{ name: 'build', projects: { name: 'Rocket' } }]),
  gives('many to one of nothing is null', 'tasks?select=name,projects(name)&id=eq.5', [{ name: 'stray', projects: null }]),
  gives('one to many', 'projects?select=name,tasks(name)&id=eq.1', [
    { name: 'Rocket', tasks: [{ name: 'design' }, { name: 'build' }] },
  ]),
  gives('one to many of nothing is an empty array', 'projects?select=name,tasks(name)&id=eq.4', [{ name: 'Orphan', tasks: [] }]),
  gives('one to one', 'tasks?select=task_details(notes)&id=eq.1', [{ task_details: { notes: 'blueprint' } }]),
  gives('one to one of nothing is null', 'tasks?select=task_details(notes)&id=eq.2', [{ task_details: null }]),
  gives('many to many', 'tasks?select=labels(label)&id=eq.2', [{ labels: [{ label: 'urgent' }, { label: 'fun' }] }]),
  gives('many to many, the other way', 'labels?select=tasks(id)&id=eq.1', [{ tasks: [{ id: 1 }, { id: 2 }] }]),
  gives('two levels', 'clients?select=name,projects(name,tasks(name))&id=eq.2', [
    { name: 'Umbra', projects: [{ name: 'Shade', tasks: [{ name: 'veil' }] }] },
  ]),
  gives('up two levels', 'tasks?select=projects(clients(name))&id=eq.4', [{ projects: { clients: { name: 'Umbra' } } }]),
  gives('an alias', 'tasks?select=project:projects(name)&id=eq.2', [{ project: { name: 'Rocket' } }]),
  gives('by column', 'tasks?select=project_id(name)&id=eq.2', [{ project_id: { name: 'Rocket' } }]),
  gives('by constraint', 'tasks?select=tasks_project_id_fkey(name)&id=eq.2', [{ tasks_project_id_fkey: { name: 'Rocket' } }]),
  gives('hint by column', 'letters?select=people!sender_id(name)&id=eq.1', [{ people: { name: 'Bob' } }]),
  gives('hint by constraint', 'letters?select=people!letters_receiver_fkey(name)&id=eq.1', [{ people: { name: 'Ada' } }]),
  gives(
    'two embeds of one table',
    'letters?select=from:people!letters_sender_fkey(name),to:people!letters_receiver_fkey(name)&id=eq.1',
    [{ from: { name: 'Bob' }, to: { name: 'Ada' } }],
  ),
  gives('hint from the other side', 'people?select=letters!letters_sender_fkey(id)&id=eq.1', [{ letters: [{ id: 2 }] }]),
  gives('hint by junction', 'tasks?select=labels!task_labels(label)&id=eq.1', [{ labels: [{ label: 'urgent' }] }]),
  gives('children of the same table', 'people?select=people(name)&id=eq.1', [{ people: [{ name: 'Bob' }, { name: 'Cyd' }] }]),
  gives('children of the same table, by column', 'people?select=people!boss_id(name)&id=eq.1', [
    { people: [{ name: 'Bob' }, { name: 'Cyd' }] },
  ]),
  gives('the parent of the same table', 'people?select=boss_id(name)&id=eq.2', [{ boss_id: { name: 'Ada' } }]),
  gives('an aliased parent', 'people?select=name,boss:boss_id(name)&id=eq.3', [{ name: 'Cyd', boss: { name: 'Ada' } }]),
  gives('inner leaves parents without a match out', 'projects?select=name,tasks!inner(name)&order=id', [
    { name: 'Rocket', tasks: [{ name: 'design' }, { name: 'build' }] },
    { name: 'Anvil', tasks: [{ name: 'cast' }] },
    { name: 'Shade', tasks: [{ name: 'veil' }] },
  ]),
  gives('inner with a filter', 'projects?select=name,tasks!inner(name)&tasks.done=is.true&order=id', [
    { name: 'Rocket', tasks: [{ name: 'design' }] },
    { name: 'Shade', tasks: [{ name: 'veil' }] },
  ]),
  gives('inner, to one', 'tasks?select=id,projects!inner(name)&projects.name=eq.Anvil', [{ id: 3, projects: { name: 'Anvil' } }]),
  gives('inner, two levels', 'clients?select=name,projects!inner(tasks!inner(name))&projects.tasks.name=eq.veil', [
    { name: 'Umbra', projects: [{ tasks: [{ name: 'veil' }] }] },
  ]),
  gives('inner and hint', 'letters?select=id,people!letters_sender_fkey!inner(name)&people.name=eq.Ada', [
    { id: 2, people: { name: 'Ada' } },
  ]),
  gives('left is accepted', 'tasks?select=id,projects!left(name)&id=eq.5', [{ id: 5, projects: null }]),
  gives('inner, counted', 'projects?select=id,tasks!inner()&order=id', [{ id: 1 }, { id: 2 }, { id: 3 }], {
    headers: { prefer: 'count=exact' },
    answers: { 'content-range': '0-2/3' },
  }),
  gives('an embed without fields adds no key', 'projects?select=name,tasks()&id=eq.1', [{ name: 'Rocket' }]),
  gives('anti-join', 'projects?select=id,tasks()&tasks=is.null', [{ id: 4 }]),
  gives('semi-join', 'projects?select=id,tasks()&tasks=not.is.null&order=id', [{ id: 1 }, { id: 2 }, { id: 3 }]),
  gives('semi-join with a filter', 'projects?select=id,tasks()&tasks.name=eq.cast&tasks=not.is.null', [{ id: 2 }]),
  gives('presence inside a tree', 'projects?select=id,tasks()&or=(tasks.is.null,name.eq.Anvil)&order=id', [{ id: 2 }, { id: 4 }]),
  gives('a filter on the embed', 'projects?select=tasks(id)&tasks.done=is.true&id=eq.1', [{ tasks: [{ id: 1 }] }]),
  gives('a tree on the embed', 'projects?select=tasks(id)&tasks.or=(id.eq.1,id.eq.2)&id=eq.1', [
    { tasks: [{ id: 1 }, { id: 2 }] },
  ]),
  gives('order of the embed', 'projects?select=tasks(id)&tasks.order=id.desc&id=eq.1', [{ tasks: [{ id: 2 }, { id: 1 }] }]),
  gives('limit of the embed', 'projects?select=tasks(id)&tasks.order=id&tasks.limit=1&id=eq.1', [{ tasks: [{ id: 1 }] }]),
  gives('offset of the embed', 'projects?select=tasks(id)&tasks.order=id&tasks.limit=1&tasks.offset=1&id=eq.1', [
    { tasks: [{ id: 2 }] },
  ]),
  gives('two levels down', 'clients?select=projects(tasks(id))&projects.tasks.id=eq.2&projects.id=eq.1&id=eq.1', [
    { projects: [{ tasks: [{ id: 2 }] }] },
  ]),
  gives('addressed by its alias', 'projects?select=all:tasks(id)&all.id=eq.1&id=eq.1', [{ all: [{ id: 1 }] }]),
  gives('addressed by its name in spite of an alias', 'projects?select=all:tasks(id)&tasks.id=eq.1&id=eq.1', [
    { all: [{ id: 1 }] },
  ]),
  gives(
    'the parent ordered by an embed',
    'tasks?select=id&projects(name)&order=projects(name),id&id=in.(2,3,4)',
    [{ id: 3 }, { id: 2 }, { id: 4 }],
    {
      request: 'GET /tasks?select=id,projects()&order=projects(name),id&id=in.(2,3,4)',
    },
  ),
  gives('the parent ordered by an embed, nulls first', 'x', [{ id: 5 }, { id: 3 }], {
    request: 'GET /tasks?select=id,projects()&order=projects(name).desc.nullsfirst&id=in.(3,5)',
  }),
  gives('a spread', 'tasks?select=id,...projects(project:name)&id=eq.2', [{ id: 2, project: 'Rocket' }]),
  gives('a spread of nothing', 'tasks?select=id,...projects(project:name)&id=eq.5', [{ id: 5, project: null }]),
  gives('a spread through two levels', 'tasks?select=id,...projects(...clients(client:name))&id=eq.2', [
    { id: 2, client: 'Acme' },
  ]),
  gives('a to-many spread', 'projects?select=name,...tasks(names:name)&id=eq.1', [
    { name: 'Rocket', names: ['design', 'build'] },
  ]),
  gives('a to-many spread in order', 'projects?select=...tasks(names:name)&tasks.order=name&id=eq.1', [
    { names: ['build', 'design'] },
  ]),
  gives('a to-many spread of nothing', 'projects?select=...tasks(names:name)&id=eq.4', [{ names: [] }]),
  gives('an aggregate in an embed', 'projects?select=name,tasks(count())&order=id&limit=2', [
    { name: 'Rocket', tasks: [{ count: 2 }] },
    { name: 'Anvil', tasks: [{ count: 1 }] },
  ]),
  gives('count in an embed, without parentheses', 'projects?select=tasks(count)&id=eq.1', [{ tasks: [{ count: 2 }] }]),
  gives('count of an empty embed', 'projects?select=tasks(count)&id=eq.4', [{ tasks: [{ count: 0 }] }]),
  gives('sum in an embed', 'projects?select=tasks(priority.sum())&id=eq.1', [{ tasks: [{ sum: 8 }] }]),
  gives('groups in an embed', 'projects?select=tasks(done,count())&tasks.order=done&id=eq.1', [
    {
      tasks: [
        { done: false, count: 1 },
        { done: true, count: 1 },
      ],
    },
  ]),
  gives(
    'an aggregate in a to-one spread groups the parent',
    'projects?select=client_id,...clients(name.max())&client_id=not.is.null&order=client_id',
    [
      { client_id: 1, max: 'Acme' },
      { client_id: 2, max: 'Umbra' },
    ],
  ),
  gives(
    'an aggregate beside a field of a spread',
    'tasks?select=...projects(project:name,rows:id.count())&project_id=in.(1,2)&order=project_id',
    [
      { project: 'Rocket', rows: 2 },
      { project: 'Anvil', rows: 1 },
    ],
  ),
  gives('an aggregate through two spreads', 'tasks?select=...projects(...clients(latest:name.max()))', [{ latest: 'Umbra' }]),
  gives('through a view', 'open_tasks?select=id,projects(name)&id=eq.2', [{ id: 2, projects: { name: 'Rocket' } }]),
  gives('to a view', 'projects?select=open_tasks(id)&id=eq.1', [{ open_tasks: [{ id: 2 }] }]),
  gives('a computed relationship, to one', 'tasks?select=task_project(name)&id=eq.2', [{ task_project: { name: 'Rocket' } }]),
  gives('a computed relationship, to many', 'projects?select=project_tasks(id)&id=eq.1', [
    { project_tasks: [{ id: 1 }, { id: 2 }] },
  ]),
  gives('a computed relationship with a filter', 'projects?select=project_tasks(id)&project_tasks.id=gt.1&id=eq.1', [
    { project_tasks: [{ id: 2 }] },
  ]),
  gives(
    'an embed below a computed relationship',
    'projects?select=project_tasks(id,labels(label))&id=eq.1&project_tasks.id=eq.1',
    [{ project_tasks: [{ id: 1, labels: [{ label: 'urgent' }] }] }],
  ),
  gives('a computed column in an embed', 'projects?select=tasks(shout)&id=eq.2', [{ tasks: [{ shout: 'CAST' }] }]),
  refused('no relationship', 'tasks?select=id,people(name)', {
    code: 'PGRST200',
    message: "Could not find a relationship between 'tasks' and 'people' in the schema cache",
    details:
      "Searched for a foreign key relationship between 'tasks' and 'people' in the schema 'public', but no matches were found.",
  }),
  refused('no relationship, a near miss', 'tasks?select=id,project(name)', {
    code: 'PGRST200',
    hint: "Perhaps you meant 'projects' instead of 'project'.",
  }),
  refused('a hint that names nothing', 'tasks?select=projects!nope(name)', {
    code: 'PGRST200',
    details:
      "Searched for a foreign key relationship between 'tasks' and 'projects' using the hint 'nope' in the schema 'public', but no matches were found.",
  }),
  refused(
    'more than one relationship',
    'letters?select=people(name)',
    {
      code: 'PGRST201',
      message: "Could not embed because more than one relationship was found for 'letters' and 'people'",
      hint: "Try changing 'people' to one of the following: 'people!letters_sender_fkey', 'people!letters_receiver_fkey'. Find the desired relationship in the 'details' key.",
      details: [
        {
          cardinality: 'many-to-one',
          embedding: 'letters with people',
          relationship: 'letters_sender_fkey using letters(sender_id) and people(id)',
        },
        {
          cardinality: 'many-to-one',
          embedding: 'letters with people',
          relationship: 'letters_receiver_fkey using letters(receiver_id) and people(id)',
        },
      ],
    },
    300,
  ),
  refused('two embeds of one name', 'letters?select=people!letters_sender_fkey(name),people!letters_receiver_fkey(name)', {
    code: '42712',
    message: 'table name "letters_people_1" specified more than once',
  }),
  refused('order by a to-many embed', 'projects?select=id,tasks()&order=tasks(name)', {
    code: 'PGRST118',
    message: "A related order on 'tasks' is not possible",
    details: "'projects' and 'tasks' do not form a many-to-one or one-to-one relationship",
  }),
  refused('order by what is not embedded', 'tasks?order=projects(name)', { code: 'PGRST108' }),
  refused('an unknown column of an embed', 'projects?select=tasks(nope)', {
    code: '42703',
    message: 'column tasks_1.nope does not exist',
  }),
  refused('an aggregate in a to-many spread', 'projects?select=...tasks(count())', {
    code: 'PGRST127',
    message: 'Feature not implemented',
  }),
  {
    name: 'embeds six levels deep',
    request: 'GET /clients?select=projects(tasks(projects(tasks(projects(tasks(id))))))',
    status: 400,
    error: { code: 'PGRST100' },
    difference: 'Embeds nest at most five levels deep; deeper requests answer 400.',
  },
];
