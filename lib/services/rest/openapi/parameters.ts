/** The parameters that operations refer to: the query's reserved words, headers, one filter per column, one body per table. */

import type { Table } from '#lib/engine/catalog/catalog.ts';

const query = (name: string, description: string) => ({ name, description, in: 'query', required: false, type: 'string' });
const prefer = (choices: readonly string[]) => ({
  name: 'Prefer',
  description: 'Preference',
  in: 'header',
  required: false,
  type: 'string',
  enum: choices,
});

export const sharedParameters = {
  preferParams: prefer(['params=single-object']),
  preferReturn: prefer(['return=representation', 'return=minimal', 'return=none']),
  preferCount: prefer(['count=none']),
  preferPost: prefer([
    'return=representation',
    'return=minimal',
    'return=none',
    'resolution=ignore-duplicates',
    'resolution=merge-duplicates',
  ]),
  select: query('select', 'Filtering Columns'),
  on_conflict: query('on_conflict', 'On Conflict'),
  order: query('order', 'Ordering'),
  range: { name: 'Range', description: 'Limiting and Pagination', in: 'header', required: false, type: 'string' },
  rangeUnit: {
    name: 'Range-Unit',
    description: 'Limiting and Pagination',
    in: 'header',
    required: false,
    type: 'string',
    default: 'items',
  },
  offset: query('offset', 'Limiting and Pagination'),
  limit: query('limit', 'Limiting and Pagination'),
};

export function toTableParameters(table: Table): [string, unknown][] {
  const body = {
    name: table.name,
    in: 'body',
    description: table.name,
    required: false,
    schema: { $ref: `#/definitions/${table.name}` },
  };
  const filters = table.columns.map((column): [string, unknown] => [
    `rowFilter.${table.name}.${column.name}`,
    {
      name: column.name,
      in: 'query',
      required: false,
      type: 'string',
      ...(column.comment === null ? {} : { description: column.comment }),
    },
  ]);
  return [[`body.${table.name}`, body], ...filters];
}

export function refer(names: readonly string[]): { $ref: string }[] {
  return names.map((name) => ({ $ref: `#/parameters/${name}` }));
}
