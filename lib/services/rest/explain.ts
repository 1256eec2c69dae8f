/** `Accept: application/vnd.pgrst.plan`: how SQLite would run the statement, as text or as a tree. */

import type { HttpResponse } from '#lib/http/exchange.ts';
import type { MediaType } from '#lib/services/rest/parse/parse-accept.ts';
import { noMediaType } from '#lib/services/rest/respond/rest-error.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';

interface PlanNode {
  'Node Type': string;
  Plans?: PlanNode[];
}

/** Throws 406 PGRST107 unless the environment allows plans; a plan names tables and indexes, never rows. */
export function explain(context: RestContext, media: MediaType, sql: string | null): HttpResponse {
  if (media.plan === null || !context.settings.api.plan) throw noMediaType([media.contentType]);
  const root: PlanNode = { 'Node Type': 'Result' };
  if (sql !== null) attach(context, root, sql);
  const body = media.plan.format === 'json' ? JSON.stringify([{ Plan: root }]) : print(root, 0).join('\n');
  return { status: 200, headers: ['Content-Type', media.contentType], body };
}

function attach(context: RestContext, root: PlanNode, sql: string): void {
  const nodes = new Map<number, PlanNode>([[0, root]]);
  for (const row of context.database.read((connection) => connection.all(`EXPLAIN QUERY PLAN ${sql}`, bindNothing(sql)))) {
    const node: PlanNode = { 'Node Type': String(row.detail) };
    const parent = nodes.get(Number(row.parent)) ?? root;
    parent.Plans = [...(parent.Plans ?? []), node];
    nodes.set(Number(row.id), node);
  }
}

/** A plan does not depend on what is bound, but the driver wants every name bound. */
function bindNothing(sql: string): Record<string, null> {
  return Object.fromEntries([...sql.matchAll(/:(\w+)/g)].map((match) => [match[1] ?? '', null]));
}

function print(node: PlanNode, depth: number): string[] {
  const line = depth === 0 ? node['Node Type'] : `${'  '.repeat(depth)}->  ${node['Node Type']}`;
  return [line, ...(node.Plans ?? []).flatMap((child) => print(child, depth + 1))];
}
