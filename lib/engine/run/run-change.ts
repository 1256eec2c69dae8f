/** Runs a guarded UPDATE or DELETE in the caller's transaction. */

import type { ChangeStatements } from '#lib/engine/compile/compile-change.ts';
import { hiddenByView } from '#lib/engine/compile/compile-check-option.ts';
import type { Statement } from '#lib/engine/compile/statement.ts';
import type { Connection } from '#lib/engine/database.ts';
import { weighing } from '#lib/engine/functions/weight-functions.ts';
import type { DeletePlan, RequestValue, UpdatePlan } from '#lib/engine/plan/plan.ts';
import type { Guarded } from '#lib/engine/policies/guard.ts';
import { columnsFor } from '#lib/engine/policies/privileges.ts';
import { bindValues, type Parameters } from '#lib/engine/run/bind.ts';
import { describeConstraint } from '#lib/engine/run/describe-constraint.ts';
import { type ProposedRow, refused } from '#lib/engine/run/run-insert.ts';
import { tooMuch } from '#lib/engine/run/too-much.ts';

export interface Changed {
  readonly affected: number;
  readonly document: string | null;
}

export interface ChangeInput {
  readonly statements: ChangeStatements;
  readonly returning: Statement | null;
  readonly values: readonly RequestValue[];
  readonly parameters: Parameters;
  /** The new values of an update, by column. */
  readonly row: ProposedRow;
}

/** An index may find any number of rows, which no plan tells: more than this are changed elsewhere. */
const changedAtOnce = 1000;

/** Throws what `isTooMuch` knows before it changes anything. A DELETE's rows are read before they go, an UPDATE's after they changed. */
export function runChange(connection: Connection, guarded: Guarded<UpdatePlan | DeletePlan>, input: ChangeInput): Changed {
  const { plan } = guarded;
  const { statements, returning, values, parameters } = input;
  if (plan.kind === 'update') {
    for (const [index, column] of plan.columns.entries()) parameters[`v${index}`] = input.row.get(column.name) ?? null;
  }
  bindValues(parameters, statements.find.binds, values);
  parameters.most = BigInt(changedAtOnce + 1);
  const [identities, affected, refusals] = connection.tuple(statements.find.sql, parameters) ?? [null, 0, 0];
  if (Number(affected) > changedAtOnce) throw tooMuch('more rows than may be changed on the event loop');
  if (Number(refusals) > 0) throw refused(plan.table);
  parameters.written = identities ?? '[]';
  const before = plan.kind === 'delete' ? readBack(connection, returning, values, parameters) : null;
  if (Number(affected) > 0) {
    try {
      connection.run(statements.change, parameters);
    } catch (error) {
      throw describeConstraint(
        connection,
        guarded.catalog,
        plan.table,
        input.row,
        error,
        showsRows(guarded) ? parameters.written : null,
      );
    }
    if (statements.moved !== null) parameters.written = connection.value(statements.moved, parameters) ?? '[]';
    if (statements.hidden !== null && connection.value(statements.hidden, parameters) !== 0)
      throw hiddenByView(plan.through?.name ?? null);
  }
  const document = plan.kind === 'delete' ? before : readBack(connection, returning, values, parameters);
  return { affected: Number(affected), document };
}

/** Whether the caller could see the rows, and all of their columns: an error may then name their values. */
export function showsRows({ plan, catalog, role, owned }: Guarded<UpdatePlan | DeletePlan>): boolean {
  const seen = plan.where !== null || plan.returning !== null;
  return seen && !owned && columnsFor(catalog, plan.table, role, 'select') === 'all';
}

/** The document of the rows in `:written`, or null when nothing is returned. Throws what `isTooMuch` knows. */
export function readBack(
  connection: Connection,
  returning: Statement | null,
  values: readonly RequestValue[],
  parameters: Parameters,
): string | null {
  if (returning === null) return null;
  bindValues(parameters, returning.binds, values);
  const [, document] = weighing(() => connection.tuple(returning.sql, parameters)) ?? [];
  return typeof document === 'string' ? document : '[]';
}
