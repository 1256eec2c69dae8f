/** The words that end an operand; every other word is a name. */

export const keywords: ReadonlySet<string> = new Set(
  `select from where group by order having limit offset union intersect except all any some distinct as on using join left right inner outer
  cross full natural and or not in is like ilike glob match regexp between when then else end exists values set into insert update delete
  returning with recursive asc desc nulls filter over partition window escape collate isnull notnull conflict do nothing fetch
  create table view index trigger references constraint primary check default begin explain lateral replace for of`.split(/\s+/),
);

/** Words after which a relation's name comes. */
export const beforeRelation: ReadonlySet<string> = new Set(['from', 'join', 'into', 'update', 'table']);

/** Words that end a FROM list. */
export const endsFrom: ReadonlySet<string> = new Set(
  'where group order having limit offset union intersect except set returning values select window fetch for'.split(' '),
);

/** Names SQLite or PostgreSQL know as functions or values though they look like keywords. */
export const callableKeywords: ReadonlySet<string> = new Set(['left', 'right', 'replace', 'glob', 'like', 'match', 'regexp']);
