/** Writes that may take long: run in a process that can be killed, while requests go on here. */

import type { Catalog } from '#lib/engine/catalog/catalog.ts';
import { fromWireError } from '#lib/engine/child/child-message.ts';
import { toSettings } from '#lib/engine/run/call.ts';
import type { WriteStep } from '#lib/engine/run/large-write.ts';
import { isSqlError } from '#lib/engine/sql-error.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { isProblem } from '#lib/http/problem.ts';
import { explain } from '#lib/services/rest/explain.ts';
import { type PlannedStep, planStep } from '#lib/services/rest/plan-step.ts';
import { prepareWrite, type WriteMethod } from '#lib/services/rest/prepare-write.ts';
import { applySettings, checkSettings } from '#lib/services/rest/respond/apply-settings.ts';
import { respondWrite } from '#lib/services/rest/respond/respond-write.ts';
import { notSingular, tooManyAffected } from '#lib/services/rest/respond/rest-error.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';
import type { ParsedWrite } from '#lib/services/rest/write-table.ts';

export interface Operation {
  readonly context: RestContext;
  readonly method: WriteMethod;
  readonly table: string;
  readonly write: ParsedWrite;
}

/** Told which of several operations is being looked at, or has failed. */
export type AtOperation = (index: number) => void;

export interface PlannedWrite {
  readonly operation: Operation;
  readonly step: PlannedStep;
  readonly catalog: Catalog;
}

export function planWrite(operation: Operation): PlannedWrite {
  const { context, method, table, write } = operation;
  const { catalog } = context.database;
  const prepared = prepareWrite(context, table, method, write.lexed, write.query, write.payload);
  return { operation, step: planStep(context, prepared, write), catalog };
}

/** One transaction; an answer for each. Throws 40001 when they were planned for another schema. */
export async function runElsewhere(
  context: RestContext,
  planned: readonly PlannedWrite[],
  at: AtOperation,
): Promise<HttpResponse[]> {
  // A plan that is refused is refused before anything is kept.
  const explained = planned.map(({ operation, step: { prepared } }) =>
    prepared.media.plan === null
      ? null
      : explain(operation.context, prepared.media, prepared.change?.statements.find.sql ?? prepared.returning?.sql ?? null),
  );
  const steps: WriteStep[] = [];
  for (const { step } of planned) steps.push(await step.whole());
  const { outcomes, failed } = await context.database.writeElsewhere(
    { catalogVersion: planned[0]?.catalog.fileVersion ?? '', steps },
    context.settings.api.statementTimeoutMs,
  );
  if (failed !== null) {
    at(failed.index);
    if (failed.error !== null) {
      const error = fromWireError(failed.error);
      throw isSqlError(error) || isProblem(error) ? error : new Error('a write failed elsewhere', { cause: error });
    }
    checkSettings(toSettings(failed));
    const limits = steps[failed.index]?.limits;
    throw limits?.exactly == null || (limits.maxRows !== null && failed.affected > limits.maxRows)
      ? tooManyAffected(failed.affected)
      : notSingular(failed.affected);
  }
  return planned.map(({ operation, step: { prepared } }, index) => {
    const plan = explained[index];
    if (plan != null) return plan;
    const outcome = outcomes[index];
    if (outcome === undefined) throw new Error('a write without an outcome');
    const { location, settings, ...rest } = outcome;
    const columns = prepared.table.primaryKey?.columns ?? [];
    const named = location === null ? null : columns.map((column, place) => [column, location[place] ?? null] as const);
    const answer = respondWrite(operation.context, prepared, { ...rest, location: named }, operation.write.rollback);
    return applySettings(answer, toSettings({ settings }));
  });
}
