/** Foreign keys that other tables hold to columns about to lose their key. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { rebuildTable } from '#lib/engine/sql/alter/rebuild-table.ts';
import { listRelations, toDefinition } from '#lib/engine/sql/schema-facts.ts';
import { dependentObjects } from '#lib/engine/sql/sql-problems.ts';

/** With CASCADE they are dropped, without it 2BP01. */
export function releaseReferences(
  connection: CachingConnection,
  stored: string,
  touches: (columns: readonly string[]) => boolean,
  cascade: boolean,
  what: string,
): void {
  for (const other of listRelations(connection)) {
    if (other.kind !== 'table' || other.stored === stored) continue;
    const definition = toDefinition(other);
    const into = definition.constraints.filter(
      (constraint) =>
        constraint.references !== null &&
        constraint.references.table.toLowerCase() === stored.toLowerCase() &&
        touches(constraint.references.columns),
    );
    if (into.length === 0) continue;
    if (!cascade)
      throw dependentObjects(
        what,
        into.map((constraint) => `constraint ${constraint.name} on table ${other.name} depends on ${what}`),
      );
    rebuildTable(connection, other.stored, {
      ...definition,
      constraints: definition.constraints.filter((constraint) => !into.includes(constraint)),
    });
  }
}
