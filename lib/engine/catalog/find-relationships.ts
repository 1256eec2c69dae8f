/** Edges between relations that a request may embed: from foreign keys, through junction tables, and seen through views. */

import type { ForeignKey, Relationship, Table } from '#lib/engine/catalog/catalog.ts';

export function findRelationships(tables: ReadonlyMap<string, Table>): Map<string, Relationship[]> {
  const edges: Relationship[] = [];
  const keys = collectKeys(tables);
  for (const { table, key, target } of keys) edges.push(...toDirect(table, key, target));
  for (const { table, pairs } of findJunctions(keys)) for (const pair of pairs) edges.push(toManyToMany(table, pair));
  const byFrom = new Map<string, Relationship[]>();
  for (const edge of edges) byFrom.set(edge.from, [...(byFrom.get(edge.from) ?? []), edge]);
  return byFrom;
}

interface SeenKey {
  table: Table;
  key: ForeignKey;
  target: Table;
}

/** Every foreign key between tables, and its projections onto views that pass all its columns through. */
function collectKeys(tables: ReadonlyMap<string, Table>): SeenKey[] {
  const seen: SeenKey[] = [];
  const views = [...tables.values()].filter((table) => table.kind === 'view');
  for (const table of tables.values()) {
    for (const key of table.foreignKeys) {
      const target = tables.get(key.target);
      if (target === undefined) continue;
      const holders = [{ table, columns: key.columns }, ...project(views, table.key, key.columns)];
      const targets = [{ table: target, columns: key.targetColumns }, ...project(views, target.key, key.targetColumns)];
      for (const holder of holders) {
        for (const end of targets) {
          const projected = { ...key, columns: holder.columns, target: end.table.key, targetColumns: end.columns };
          seen.push({ table: holder.table, key: projected, target: end.table });
        }
      }
    }
  }
  return seen;
}

/** The views that show all of these columns of a table, with the names they show them under. */
function project(views: readonly Table[], table: string, columns: readonly string[]): { table: Table; columns: string[] }[] {
  const found: { table: Table; columns: string[] }[] = [];
  for (const view of views) {
    const names = columns.map(
      (column) => view.columns.find((shown) => shown.source?.table === table && shown.source.column === column)?.name,
    );
    if (names.every((name) => name !== undefined)) found.push({ table: view, columns: names });
  }
  return found;
}

function toDirect(table: Table, key: ForeignKey, target: Table): Relationship[] {
  const unique = isUnique(table, key.columns);
  const forward: Relationship = {
    from: table.key,
    to: target.key,
    cardinality: unique ? 'one-to-one' : 'many-to-one',
    constraint: key.name,
    columns: key.columns,
    targetColumns: key.targetColumns,
    junction: null,
    holdsKey: true,
  };
  const backward: Relationship = {
    from: target.key,
    to: table.key,
    cardinality: unique ? 'one-to-one' : 'one-to-many',
    constraint: key.name,
    columns: key.targetColumns,
    targetColumns: key.columns,
    junction: null,
    holdsKey: false,
  };
  return [forward, backward];
}

function isUnique(table: Table, columns: readonly string[]): boolean {
  const keys = table.primaryKey === null ? table.uniques : [table.primaryKey, ...table.uniques];
  return keys.some((key) => key.columns.length === columns.length && key.columns.every((column) => columns.includes(column)));
}

/** A junction's foreign keys lie within its primary key; each ordered pair of them joins two tables. */
function findJunctions(keys: readonly SeenKey[]): { table: Table; pairs: [SeenKey, SeenKey][] }[] {
  const byTable = new Map<Table, SeenKey[]>();
  for (const seen of keys) {
    const primary = seen.table.primaryKey?.columns ?? [];
    if (seen.table.kind === 'table' && seen.key.columns.every((column) => primary.includes(column))) {
      byTable.set(seen.table, [...(byTable.get(seen.table) ?? []), seen]);
    }
  }
  return [...byTable].map(([table, list]) => ({
    table,
    pairs: list.flatMap((a) => list.filter((b) => b.key.name !== a.key.name).map((b): [SeenKey, SeenKey] => [a, b])),
  }));
}

function toManyToMany(junction: Table, [a, b]: [SeenKey, SeenKey]): Relationship {
  return {
    from: a.target.key,
    to: b.target.key,
    cardinality: 'many-to-many',
    constraint: a.key.name,
    columns: a.key.targetColumns,
    targetColumns: b.key.targetColumns,
    junction: {
      table: junction.key,
      constraint: a.key.name,
      targetConstraint: b.key.name,
      columns: a.key.columns,
      targetColumns: b.key.columns,
    },
    holdsKey: false,
  };
}
