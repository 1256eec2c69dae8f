/** What a write answers: status, `Content-Range`, `Location`, `Preference-Applied`, and the rows when they were asked for. */

import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import { emptyResponse, type HttpResponse } from '#lib/http/exchange.ts';
import { toPreferenceApplied } from '#lib/services/rest/parse/parse-prefer.ts';
import type { PreparedWrite } from '#lib/services/rest/prepare-write.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';

export interface Outcome {
  readonly affected: number;
  readonly inserted: number;
  readonly document: string | null;
  readonly identity: SqlValue;
  /** Primary key columns and values of the one inserted row. */
  readonly location: readonly (readonly [string, SqlValue])[] | null;
}

export function respondWrite(context: RestContext, write: PreparedWrite, outcome: Outcome, rolledBack: boolean): HttpResponse {
  const { preferences, media, method, table } = write;
  const headers: string[] = ['Content-Range', toRange(write, outcome)];
  const applied = toPreferenceApplied({
    resolution: write.insert?.guarded.plan.conflict == null || method === 'PUT' ? null : preferences.resolution,
    missing: preferences.missing,
    return: preferences.return,
    count: preferences.count,
    tx: rolledBack || (preferences.tx !== null && context.settings.api.txOverride) ? preferences.tx : null,
    handling: preferences.handling,
    timezone: preferences.timezone,
    maxAffected: preferences.handling === 'strict' ? preferences.maxAffected : null,
  });
  if (applied !== null) headers.push('Preference-Applied', applied);
  if (write.profile.negotiated) headers.push('Content-Profile', write.profile.schema);
  if (outcome.location !== null) headers.push('Location', toLocation(table.name, outcome.location));
  const status = toStatus(write, outcome);
  if (outcome.document === null) return emptyResponse(status, headers);
  const body = media.kind === 'object' ? outcome.document.slice(1, -1) : outcome.document;
  return { status, headers: ['Content-Type', media.contentType, ...headers], body };
}

/** 201 for a POST, unless an upsert inserted nothing; 200 with rows, else 204, for the others. */
function toStatus(write: PreparedWrite, outcome: Outcome): number {
  const withRows = outcome.document !== null;
  switch (write.method) {
    case 'POST': {
      const merged = write.insert?.guarded.plan.conflict?.action === 'merge';
      return merged && outcome.inserted === 0 ? 200 : 201;
    }
    case 'PUT':
      return withRows ? (outcome.inserted > 0 ? 201 : 200) : 204;
    default:
      return withRows ? 200 : 204;
  }
}

function toRange(write: PreparedWrite, outcome: Outcome): string {
  const total = write.preferences.count === null ? '*' : String(outcome.affected);
  if (write.method !== 'PATCH' || outcome.affected === 0) return `*/${total}`;
  return `0-${outcome.affected - 1}/${total}`;
}

function toLocation(table: string, key: readonly (readonly [string, SqlValue])[]): string {
  const filters = key.map(
    ([column, value]) =>
      `${encodeURIComponent(column)}=${value === null ? 'is.null' : `eq.${encodeURIComponent(String(value))}`}`,
  );
  return `/${encodeURIComponent(table)}?${filters.join('&')}`;
}
