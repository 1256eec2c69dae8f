/** Which relationship `target[!hint]` names from a relation: PostgREST's matching rules and its two errors. */

import type { Catalog, Relationship, Table } from '#lib/engine/catalog/catalog.ts';
import { suggest } from '#lib/services/rest/plan/suggest.ts';
import { restProblem } from '#lib/services/rest/respond/rest-error.ts';

/** Throws 400 PGRST200 for none, 300 PGRST201 for several. */
export function getRelationship(catalog: Catalog, from: Table, target: string, hint: string | null): Relationship {
  const edges = (catalog.relationships.get(from.key) ?? []).filter((edge) => catalog.tables.get(edge.to)?.schema === from.schema);
  const found = edges.filter((edge) => matches(catalog, edge, target, hint));
  const [only] = found;
  if (only === undefined) throw noRelationship(catalog, edges, from, target, hint);
  if (found.length > 1) throw ambiguous(catalog, found, from, target);
  return only;
}

function matches(catalog: Catalog, edge: Relationship, target: string, hint: string | null): boolean {
  const name = catalog.tables.get(edge.to)?.name;
  const self = edge.from === edge.to;
  const view = catalog.tables.get(edge.to)?.kind === 'view' || catalog.tables.get(edge.from)?.kind === 'view';
  if (hint === null) {
    // A table embedded in itself by its own name means its children; the parent is named by the key column.
    if (name === target) return !self || !edge.holdsKey;
    if (edge.junction !== null) return false;
    if (edge.constraint === target) return !self && !view;
    return edge.holdsKey && !view && edge.columns.length === 1 && edge.columns[0] === target;
  }
  if (name !== target) return false;
  if (edge.junction !== null) return catalog.tables.get(edge.junction.table)?.name === hint;
  if (edge.constraint === hint) return !self;
  if (edge.columns.length !== 1) return false;
  const [near, far] = [edge.columns[0], edge.targetColumns[0]];
  const [keyColumn, referenced] = edge.holdsKey ? [near, far] : [far, near];
  if (self) return !edge.holdsKey && keyColumn === hint;
  return keyColumn === hint || referenced === hint;
}

function noRelationship(catalog: Catalog, edges: readonly Relationship[], from: Table, target: string, hint: string | null) {
  const names = edges.map((edge) => catalog.tables.get(edge.to)?.name ?? '');
  const closest = suggest(target, names);
  const using = hint === null ? '' : `using the hint '${hint}' `;
  return restProblem(
    400,
    'PGRST200',
    `Could not find a relationship between '${from.name}' and '${target}' in the schema cache`,
    {
      details: `Searched for a foreign key relationship between '${from.name}' and '${target}' ${using}in the schema '${from.schema}', but no matches were found.`,
      hint: closest === null || closest === target ? null : `Perhaps you meant '${closest}' instead of '${target}'.`,
    },
  );
}

function ambiguous(catalog: Catalog, found: readonly Relationship[], from: Table, target: string) {
  const name = (key: string) => catalog.tables.get(key)?.name ?? key;
  const details = found.map((edge) => ({
    cardinality: edge.cardinality,
    embedding: `${from.name} with ${name(edge.to)}`,
    relationship:
      edge.junction === null
        ? `${edge.constraint} using ${from.name}(${edge.columns.join(', ')}) and ${name(edge.to)}(${edge.targetColumns.join(', ')})`
        : `${name(edge.junction.table)} using ${edge.junction.constraint}(${edge.junction.columns.join(', ')}) and ${edge.junction.targetConstraint}(${edge.junction.targetColumns.join(', ')})`,
  }));
  const options = found.map((edge) => `'${target}!${edge.junction === null ? edge.constraint : name(edge.junction.table)}'`);
  return restProblem(
    300,
    'PGRST201',
    `Could not embed because more than one relationship was found for '${from.name}' and '${target}'`,
    {
      details,
      hint: `Try changing '${target}' to one of the following: ${options.join(', ')}. Find the desired relationship in the 'details' key.`,
    },
  );
}
