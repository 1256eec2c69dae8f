/** Requests of every kind over the documents: sound ones, odd ones, and ones that raise. */

import fc from 'fast-check';

export interface DocumentRequest {
  readonly method: 'GET' | 'HEAD' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly prefer: string;
  readonly accept: string;
  readonly body: unknown;
}

const column = fc.constantFrom(
  'id',
  'title',
  'n',
  'big',
  'price',
  'ratio',
  'at',
  'day',
  'data',
  'raw',
  'tags',
  'span',
  'words',
  'flag',
  'owner',
  'folder_id',
);
const path = fc.constantFrom(
  'data->>k',
  'data->k',
  'data->a->0',
  'data->>0',
  'data->-1',
  'raw->>k',
  'raw->k->>x',
  'title->>k',
  'access->>reader',
);
const cast = fc.constantFrom('text', 'int', 'bigint', 'numeric', 'boolean', 'date', 'timestamptz', 'jsonb', 'uuid');
const aggregate = fc.constantFrom(
  'count()',
  'n.sum()',
  'n.avg()',
  'big.sum()',
  'price.max()',
  'title.min()',
  'id.count()',
  'raw::int.sum()',
  'at.max()',
);
const embed = fc.constantFrom(
  'folders(name)',
  'folders!inner(name)',
  'folders(id,docs(id,title))',
  '...folders(name)',
  'folders()',
  'shout',
);

const item = fc.oneof(
  { weight: 4, arbitrary: column },
  { weight: 2, arbitrary: path },
  { weight: 2, arbitrary: fc.tuple(fc.oneof(column, path), cast).map(([name, type]) => `x:${name}::${type}`) },
  { weight: 2, arbitrary: aggregate },
  { weight: 2, arbitrary: embed },
);
const select = fc.oneof(
  fc.constant('*'),
  fc.uniqueArray(item, { minLength: 1, maxLength: 4 }).map((items) => items.join(',')),
);

const word = fc.constantFrom(
  '1',
  '2',
  '-2147483648',
  '9223372036854775807',
  '1e30',
  'alpha',
  'alpha cat',
  'v',
  'true',
  'null',
  '2026-01-01',
  '[1,5)',
  'empty',
  '{x}',
  '{x,y}',
  '{"k":"v"}',
  '((((',
  '%a%',
  '*a*',
  'no json {',
  '',
  'cat',
  '"text"',
  '0',
);
const operator = fc.constantFrom(
  'eq',
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
  'like',
  'ilike',
  'match',
  'imatch',
  'isdistinct',
  'fts',
  'plfts',
  'phfts',
  'wfts',
  'fts(english)',
  'cs',
  'cd',
  'ov',
  'sl',
  'sr',
  'nxl',
  'nxr',
  'adj',
);
const test = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(operator, word).map(([name, value]) => `${name}.${value}`) },
  { weight: 1, arbitrary: fc.constantFrom('is.null', 'is.true', 'not.is.null', 'is.unknown') },
  {
    weight: 1,
    arbitrary: fc.array(word, { maxLength: 3 }).map((words) => `in.(${words.map((text) => JSON.stringify(text)).join(',')})`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('eq', 'like', 'gt', 'match'),
        fc.constantFrom('any', 'all'),
        fc.array(fc.constantFrom('1', 'a', '%a%'), { maxLength: 2 }),
      )
      .map(([name, quantifier, words]) => `${name}(${quantifier}).{${words.join(',')}}`),
  },
);
const negated = fc.tuple(fc.boolean(), test).map(([not, text]) => (not ? `not.${text}` : text));
const place = fc.oneof(
  { weight: 4, arbitrary: column },
  { weight: 2, arbitrary: path },
  { weight: 1, arbitrary: fc.constantFrom('shout', 'folders.name', 'folders', 'nope') },
);
const filter = fc.tuple(place, negated).map(([name, text]) => `${name}=${encodeURIComponent(text)}`);
const tree = fc
  .tuple(
    fc.constantFrom('or', 'and', 'not.or'),
    fc.array(
      fc.tuple(fc.oneof(column, path), fc.constantFrom('eq.1', 'like.*a*', 'is.null', 'gt.0', 'match.a', 'cs.{x}', 'fts.cat')),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([kind, tests]) => `${kind}=(${tests.map(([name, text]) => `${name}.${text}`).join(',')})`);
const order = fc
  .tuple(
    fc.oneof(column, path, fc.constantFrom('folders(name)', 'shout')),
    fc.constantFrom('', '.desc', '.asc.nullsfirst', '.desc.nullslast'),
  )
  .map(([name, direction]) => `order=${name}${direction}`);
const parts = fc.tuple(
  fc.array(fc.oneof({ weight: 3, arbitrary: filter }, { weight: 1, arbitrary: tree }), { maxLength: 3 }),
  fc.option(order, { nil: '' }),
  fc.option(fc.constantFrom('limit=1', 'limit=2&offset=1', 'offset=5', 'limit=0'), { nil: '' }),
);

const toPath = (target: string, all: readonly string[]) => `${target}?${all.filter((text) => text !== '').join('&')}`;

const read = fc
  .tuple(
    select,
    parts,
    fc.constantFrom('/docs', '/docs', '/docs', '/rpc/search', '/folders'),
    fc.constantFrom('', 'count=exact', 'count=planned', 'count=estimated'),
    fc.constantFrom('application/json', 'application/json', 'text/csv', 'application/vnd.pgrst.object+json'),
    fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
  )
  .map(([items, [filters, ordering, window], target, prefer, accept, method]): DocumentRequest => {
    const selected = target === '/folders' ? 'select=id,name,docs(id,title)' : `select=${items}`;
    const all = target === '/folders' ? filters.map((text) => `docs.${text}`) : filters;
    return {
      method: method as 'GET' | 'HEAD',
      path: toPath(target, [
        selected,
        target === '/rpc/search' ? 'word=a' : '',
        ...all,
        target === '/folders' ? '' : ordering,
        window,
      ]),
      prefer,
      accept,
      body: undefined,
    };
  });

/** Undone after the answer, so that every request meets the same rows. */
const write = fc
  .tuple(
    fc.constantFrom('PATCH' as const, 'DELETE' as const),
    fc.array(filter, { minLength: 1, maxLength: 2 }),
    fc.constantFrom('return=representation', 'return=minimal'),
    fc.constantFrom({ n: 5 }, { title: 'x', flag: null }, { data: { k: 1 } }),
  )
  .map(
    ([method, filters, prefer, body]): DocumentRequest => ({
      method,
      path: toPath('/docs', filters),
      prefer: `${prefer},tx=rollback,count=exact`,
      accept: 'application/json',
      body: method === 'PATCH' ? body : undefined,
    }),
  );

export const requests: fc.Arbitrary<DocumentRequest> = fc.oneof({ weight: 4, arbitrary: read }, { weight: 1, arbitrary: write });
