/** The request log of an environment, for its developers. */

import { type Actor, requireRole } from '#lib/control/actor.ts';
import type { ControlContext } from '#lib/control/control-context.ts';
import type { GroupQuery, LoggedRow, LogQuery, RequestGroup } from '#lib/engine/log/request-log.ts';

/** Newest first. Needs the role developer: addresses and paths tell about people. */
export async function listRequestLog(context: ControlContext, actor: Actor, query: LogQuery): Promise<LoggedRow[]> {
  await requireRole(context.database, actor, query.ref, 'developer');
  return context.requestLog?.list(query) ?? [];
}

/** Those that cost most time first. Needs the role developer. */
export async function groupRequestLog(context: ControlContext, actor: Actor, query: GroupQuery): Promise<RequestGroup[]> {
  await requireRole(context.database, actor, query.ref, 'developer');
  return context.requestLog?.group(query) ?? [];
}
