/** An UPDATE or DELETE that may visit many rows: run in a process that can be killed, while requests go on here. */

import { bindValues, type Parameters } from '#lib/engine/run/bind.ts';
import { refused } from '#lib/engine/run/run-insert.ts';
import { isExpensive } from '#lib/engine/run/run-read.ts';
import { noSettings, toSettingsJson } from '#lib/engine/settings.ts';
import type { HttpResponse } from '#lib/http/exchange.ts';
import { beforeRead } from '#lib/services/rest/pre-request.ts';
import { type PreparedWrite, prepareWrite } from '#lib/services/rest/prepare-write.ts';
import { applySettings } from '#lib/services/rest/respond/apply-settings.ts';
import { respondWrite } from '#lib/services/rest/respond/respond-write.ts';
import { notSingular, tooManyAffected } from '#lib/services/rest/respond/rest-error.ts';
import { type RestContext, toContextParameters } from '#lib/services/rest/rest-context.ts';
import { encodeRow } from '#lib/services/rest/run-write.ts';
import type { ParsedWrite } from '#lib/services/rest/write-table.ts';

/** Null when the change is cheap enough to run here. A pre-request function, one that only reads, runs before it. */
export function changeElsewhere(
  asked: RestContext,
  table: string,
  method: 'PATCH' | 'DELETE',
  { lexed, query, payload }: ParsedWrite,
): Promise<HttpResponse> | null {
  const write = prepareWrite(asked, table, method, lexed, query, payload);
  const { change } = write;
  if (change === null || write.media.plan !== null) return null;
  if (change.statements.hidden !== null || change.statements.moved !== null) return null;
  const { plan } = change.guarded;
  const parameters = toContextParameters(asked, write.readsRequest);
  if (plan.kind === 'update') {
    if (plan.columns.length === 0) return null;
    const row = encodeRow(write.table, plan.columns, payload.rows[0] ?? new Map(), payload.literal, false);
    for (const [index, column] of plan.columns.entries()) parameters[`v${index}`] = row.get(column.name) ?? null;
  }
  bindValues(parameters, change.statements.find.binds, lexed.values);
  if (!isExpensive(asked.database, change.statements.find, parameters)) return null;
  const context = beforeRead(asked);
  parameters.request_settings = toSettingsJson(context.set ?? noSettings);
  const forReturning = toContextParameters(context, write.readsRequest);
  if (write.returning !== null) bindValues(forReturning, write.returning.binds, lexed.values);
  return perform(context, write, change, parameters, forReturning);
}

async function perform(
  context: RestContext,
  write: PreparedWrite,
  change: NonNullable<PreparedWrite['change']>,
  named: Parameters,
  returningNamed: Parameters,
): Promise<HttpResponse> {
  const { preferences, media, returning } = write;
  const exactly = media.kind === 'object' ? 1 : null;
  const result = await context.database.changeElsewhere(
    {
      find: change.statements.find.sql,
      change: change.statements.change,
      returning: returning?.sql ?? null,
      readsBefore: change.guarded.plan.kind === 'delete',
      named,
      returningNamed,
      maxAffected: preferences.handling === 'strict' ? preferences.maxAffected : null,
      exactly,
    },
    context.settings.api.statementTimeoutMs,
  );
  if (result.refusals > 0) throw refused(change.guarded.plan.table);
  if (!result.kept) throw exactly === null ? tooManyAffected(result.affected) : notSingular(result.affected);
  const answer = respondWrite(
    context,
    write,
    { affected: result.affected, inserted: 0, document: result.document, identity: null, location: null },
    false,
  );
  return applySettings(answer, context.set);
}
