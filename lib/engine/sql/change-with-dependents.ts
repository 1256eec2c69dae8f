/** Which views and policies a change would break. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { forgetRelation } from '#lib/engine/sql/catalog-notes.ts';
import { compilePolicy, listPolicies } from '#lib/engine/sql/policy-check.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { rewriteSql } from '#lib/engine/sql/rewrite-sql.ts';
import { listRelations } from '#lib/engine/sql/schema-facts.ts';
import { dependentObjects } from '#lib/engine/sql/sql-problems.ts';
import { parseViewBody } from '#lib/engine/sql/view-body.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';

interface Dependent {
  readonly text: string;
  drop(): void;
}

/**
 * Does `change`, then looks for views and policies that no longer compile: without CASCADE that is 2BP01 (and the caller's
 * transaction is lost anyway), with it they go too.
 */
export function changeWithDependents(connection: CachingConnection, what: string, cascade: boolean, change: () => void): void {
  const before = new Set(findBroken(connection).map((dependent) => dependent.text));
  change();
  for (;;) {
    const broken = findBroken(connection).filter((dependent) => !before.has(dependent.text));
    if (broken.length === 0) return;
    if (!cascade)
      throw dependentObjects(
        what,
        broken.map((dependent) => `${dependent.text} depends on ${what}`),
      );
    for (const dependent of broken) dependent.drop();
  }
}

function findBroken(connection: CachingConnection): Dependent[] {
  const broken: Dependent[] = [];
  for (const view of listRelations(connection)) {
    if (view.kind !== 'view' || compiles(connection, () => rewriteSql(parseViewBody(view.sql).select))) continue;
    broken.push({
      text: `view ${view.name}`,
      drop: () => {
        connection.exec(`DROP VIEW IF EXISTS main.${quoteName(view.stored)}`);
        forgetRelation(connection, view);
      },
    });
  }
  for (const policy of listPolicies(connection)) {
    if (compilePolicy(connection, policy) === null) continue;
    broken.push({
      text: `policy ${policy.name} on table ${policy.table.name}`,
      drop: () => {
        connection.run(
          'DELETE FROM main._koyalite_rls_policies WHERE schema_name = ? AND table_name = ? AND name = ?',
          policy.table.schema,
          policy.table.name,
          policy.name,
        );
      },
    });
  }
  return broken;
}

function compiles(connection: CachingConnection, toSql: () => string): boolean {
  try {
    connection.handle.prepare(toSql());
    return true;
  } catch (error) {
    return isSqlError(error) && error.sqlstate === '0A000';
  }
}
