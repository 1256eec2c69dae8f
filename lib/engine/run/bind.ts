/** The named parameters of one execution: the caller's claims, the request, and its values encoded for their columns. */

import type { Caller } from '#lib/engine/caller.ts';
import type { Bind } from '#lib/engine/compile/statement.ts';
import type { RequestValue } from '#lib/engine/plan/plan.ts';
import { noSettings, type Settings, toSettingsJson } from '#lib/engine/settings.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export type Parameters = Record<string, SqlValue>;

/** What `current_setting('request.…')` reads. */
export interface RequestContext {
  readonly method: string;
  readonly path: string;
  headersJson(): string;
  cookiesJson(): string;
}

/** Claims are always bound, never spliced: a statement text is the same for every caller of a role. */
export function toParameters(caller: Caller, request: RequestContext | null, settings: Settings = noSettings): Parameters {
  return {
    auth_uid: caller.subject,
    auth_role: caller.role,
    auth_jwt: caller.claimsJson,
    request_method: request?.method ?? null,
    request_path: request?.path ?? null,
    request_headers: request?.headersJson() ?? null,
    request_cookies: request?.cookiesJson() ?? null,
    request_settings: toSettingsJson(settings),
    realtime_topic: null,
    storage_operation: null,
  };
}

export function bindValues(parameters: Parameters, binds: readonly Bind[], values: readonly RequestValue[]): Parameters {
  for (const bind of binds) {
    const { operand } = bind;
    if (operand.kind === 'bound') parameters[bind.name] = operand.value;
    else parameters[bind.name] = bind.encode(operand.kind === 'text' ? operand.text : (values[operand.index] ?? ''));
  }
  return parameters;
}
