/** DROP TABLE and DROP VIEW. Rows of other tables never go with a dropped one: a foreign key to it is dropped first. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { detachSelfReferences } from '#lib/engine/sql/alter/detach-self-references.ts';
import { rebuildTable } from '#lib/engine/sql/alter/rebuild-table.ts';
import { forgetRelation } from '#lib/engine/sql/catalog-notes.ts';
import { changeWithDependents } from '#lib/engine/sql/change-with-dependents.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { findRelation, listRelations, type Relation, requireOwned, toDefinition } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { dependentObjects, undefinedTable } from '#lib/engine/sql/sql-problems.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export function dropRelation(kind: 'table' | 'view'): StatementHandler {
  return ({ connection }, cursor) => {
    const ifExists = cursor.accept('if', 'exists');
    const names = [cursor.qualifiedName()];
    while (cursor.accept(',')) names.push(cursor.qualifiedName());
    const cascade = cursor.accept('cascade');
    if (!cascade) cursor.accept('restrict');
    cursor.end();
    const relations: Relation[] = [];
    for (const name of names) {
      const relation = findRelation(connection, name);
      if (relation === null) {
        if (ifExists) continue;
        if (kind === 'view') throw new SqlError({ sqlstate: '42P01', message: `view "${name.name}" does not exist` });
        throw new SqlError({
          sqlstate: '42P01',
          message: `table "${name.name}" does not exist`,
          cause: undefinedTable(name.name),
        });
      }
      requireOwned(relation);
      if ((relation.kind === 'view') !== (kind === 'view')) {
        throw new SqlError({
          sqlstate: '42809',
          message: `"${name.name}" is not a ${kind}`,
          hint: `Use DROP ${kind === 'view' ? 'TABLE' : 'VIEW'}.`,
        });
      }
      relations.push(relation);
    }
    dropRelations(connection, relations, cascade);
    return kind === 'view' ? 'DROP VIEW' : 'DROP TABLE';
  };
}

/** Drops all of them together: they may depend on one another. */
export function dropRelations(connection: CachingConnection, relations: readonly Relation[], cascade: boolean): void {
  const [first] = relations;
  if (first === undefined) return;
  const dropped = new Set(relations.map((relation) => relation.stored.toLowerCase()));
  const what = `${first.kind === 'view' ? 'view' : 'table'} ${first.name}`;
  changeWithDependents(connection, what, cascade, () => {
    for (const view of relations.filter((relation) => relation.kind === 'view')) {
      connection.exec(`DROP VIEW main.${quoteName(view.stored)}`);
      forgetRelation(connection, view);
    }
    for (const other of listRelations(connection)) releaseForeignKeys(connection, other, dropped, cascade);
    for (const table of relations.filter((relation) => relation.kind !== 'view')) {
      forgetRelation(connection, table);
      if (table.kind === 'table') detachSelfReferences(connection, table.stored, toDefinition(table));
      connection.exec(`DROP TABLE main.${quoteName(table.stored)}`);
    }
  });
}

/** Takes away every foreign key into the dropped tables, those among themselves included, so that no action fires. */
function releaseForeignKeys(
  connection: CachingConnection,
  other: Relation,
  dropped: ReadonlySet<string>,
  cascade: boolean,
): void {
  if (other.kind !== 'table') return;
  const definition = toDefinition(other);
  const into = definition.constraints.filter(
    (constraint) => constraint.references !== null && dropped.has(constraint.references.table.toLowerCase()),
  );
  if (into.length === 0) return;
  const itself = dropped.has(other.stored.toLowerCase());
  if (!itself && !cascade) {
    const target = into[0]?.references?.table ?? '';
    throw dependentObjects(
      `table ${target}`,
      into.map((constraint) => `constraint ${constraint.name} on table ${other.name} depends on table ${target}`),
    );
  }
  if (itself && into.every((constraint) => constraint.references?.table.toLowerCase() === other.stored.toLowerCase())) return;
  rebuildTable(connection, other.stored, {
    ...definition,
    constraints: definition.constraints.filter((constraint) => !into.includes(constraint)),
  });
}
