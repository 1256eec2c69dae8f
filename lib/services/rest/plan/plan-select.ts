/** A request's select tree, filters, orders and limits as one select plan, embeds resolved. */

import type { Catalog, Relationship, Table } from '#lib/engine/catalog/catalog.ts';
import type { Embed, Field, Link, OrderTerm, SelectPlan, Source, Value } from '#lib/engine/plan/plan.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import type { OrderItem } from '#lib/services/rest/parse/parse-order.ts';
import type { At, Query } from '#lib/services/rest/parse/parse-request.ts';
import type { SelectItem } from '#lib/services/rest/parse/parse-select.ts';
import { getRelationship } from '#lib/services/rest/plan/find-relationship.ts';
import { planComputedEmbed } from '#lib/services/rest/plan/plan-computed-embed.ts';
import { joinConditions, planCondition } from '#lib/services/rest/plan/plan-condition.ts';
import { planSpread } from '#lib/services/rest/plan/plan-spread.ts';
import { findRowFunction, planValue, type Scope } from '#lib/services/rest/plan/plan-value.ts';
import { notEmbedded, restProblem } from '#lib/services/rest/respond/rest-error.ts';

export interface PlanContext {
  readonly catalog: Catalog;
  readonly aggregates: boolean;
  /** The cap on the rows of each to-many embed; null for what a write returns. */
  readonly maxRows: number | null;
  /** Hands out aliases, so that every relation of a statement has its own. */
  nextAlias(): string;
}

export interface Root {
  readonly source: Source;
  readonly table: Table;
  readonly maxRows: number | null;
}

type RelationItem = Extract<SelectItem, { kind: 'relation' }>;

/** Everything of the query that is addressed to one relation and those below it. */
interface Part {
  readonly items: readonly SelectItem[];
  readonly filters: Query['filters'];
  readonly orders: Query['orders'];
  readonly limits: Query['limits'];
  readonly offsets: Query['offsets'];
  readonly depth: number;
}

export function createPlanContext(catalog: Catalog, aggregates: boolean, maxRows: number | null): PlanContext {
  let count = 0;
  return { catalog, aggregates, maxRows, nextAlias: () => `t${count++}` };
}

export function planSelect(context: PlanContext, root: Root, query: Query): SelectPlan {
  return planPart(context, root, context.nextAlias(), { ...query, items: query.select, depth: 0 });
}

function planPart(context: PlanContext, root: Root, alias: string, part: Part): SelectPlan {
  const label = part.depth === 0 ? root.table.name : `${root.table.name}_${part.depth}`;
  const scope: Scope = { catalog: context.catalog, table: root.table, alias, label };
  const relations = part.items.filter((item) => item.kind === 'relation');
  const names = relations.map((item) => item.alias ?? item.name);
  refuseTwins(root.table, names, part.depth + 1);
  requireEmbedded(part, relations);
  const embeds = relations.map((item, index) => planEmbed(context, scope, item, below(part, item, names[index] ?? item.name)));
  const fields: Field[] = [];
  for (const item of part.items) {
    if (item.kind === 'star') fields.push(...planStar(scope));
    else if (item.kind === 'field') fields.push(planField(context, scope, item));
    else {
      const embed = embeds[relations.indexOf(item)];
      if (embed !== undefined)
        fields.push(...(item.spread ? planSpread(embed) : [{ kind: 'embed', name: embed.name, embed } as const]));
    }
  }
  const conditions = here(part.filters).map((tree) => planCondition(scope, embeds, tree));
  return {
    source: root.source,
    alias,
    fields,
    where: joinConditions(conditions),
    order: here(part.orders)
      .flat()
      .map((item) => planOrder(scope, embeds, item)),
    limit: here(part.limits).at(-1) ?? null,
    offset: here(part.offsets).at(-1) ?? null,
    maxRows: root.maxRows,
  };
}

function here<T>(items: readonly At<T>[]): T[] {
  return items.filter((entry) => entry.path.length === 0).map((entry) => entry.item);
}

/** The part of a query below one embed, addressed by its alias (or, as PostgREST still accepts, by its target's name). */
function below(part: Part, item: RelationItem, name: string): Part {
  const pick = <T>(entries: readonly At<T>[]): At<T>[] =>
    entries
      .filter((entry) => entry.path[0] === name || entry.path[0] === item.name)
      .map((entry) => ({ ...entry, path: entry.path.slice(1) }));
  return {
    items: item.items,
    filters: pick(part.filters),
    orders: pick(part.orders),
    limits: pick(part.limits),
    offsets: pick(part.offsets),
    depth: part.depth + 1,
  };
}

/** Two embeds of one name would be one alias in PostgREST's query, which PostgreSQL refuses. */
function refuseTwins(table: Table, names: readonly string[], depth: number): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin === undefined) return;
  throw new SqlError({ sqlstate: '42712', message: `table name "${table.name}_${twin}_${depth}" specified more than once` });
}

function requireEmbedded(part: Part, relations: readonly RelationItem[]): void {
  const names = new Set(relations.flatMap((item) => [item.alias ?? item.name, item.name]));
  for (const { path } of [...part.filters, ...part.orders, ...part.limits, ...part.offsets]) {
    const [first] = path;
    if (first !== undefined && !names.has(first)) throw notEmbedded(first);
  }
}

function planStar(scope: Scope): Field[] {
  return scope.table.columns.map((column) => ({
    kind: 'value',
    name: column.name,
    value: { kind: 'column', alias: scope.alias, column },
  }));
}

function planField(context: PlanContext, scope: Scope, item: Extract<SelectItem, { kind: 'field' }>): Field {
  if (item.aggregate !== null && !context.aggregates)
    throw restProblem(400, 'PGRST123', 'Use of aggregate functions is not allowed');
  let value: Value | null =
    item.name === ''
      ? null
      : isRowCount(scope, item)
        ? { kind: 'aggregate', name: 'count', value: null }
        : planValue(scope, item.name, item.steps);
  if (value !== null && item.cast !== null) value = { kind: 'cast', value, to: item.cast };
  if (item.aggregate !== null) value = { kind: 'aggregate', name: item.aggregate, value };
  if (item.aggregateCast !== null && value !== null) value = { kind: 'cast', value, to: item.aggregateCast };
  if (value === null) throw restProblem(400, 'PGRST100', 'a field needs a name');
  return { kind: 'value', name: item.alias ?? item.aggregate ?? defaultName(item), value };
}

/** `rel(count)` without parentheses: in PostgreSQL `table.count` calls `count(table)`, and clients came to rely on it. */
function isRowCount(scope: Scope, item: Extract<SelectItem, { kind: 'field' }>): boolean {
  const plain = item.name === 'count' && item.aggregate === null && item.steps.length === 0;
  return plain && !scope.table.columnsByName.has('count') && findRowFunction(scope.catalog, scope.table, 'count') === null;
}

/** A JSON path's key is its last name: `data->a->0` is called `a`. */
function defaultName(item: Extract<SelectItem, { kind: 'field' }>): string {
  const named = item.steps.filter((step) => typeof step.key === 'string');
  return String(named.at(-1)?.key ?? item.name);
}

function planEmbed(context: PlanContext, scope: Scope, item: RelationItem, part: Part): Embed {
  const computed = planComputedEmbed(context, scope, item.name);
  if (computed !== null) {
    const plan = planPart(
      context,
      { source: computed.source, table: computed.table, maxRows: computed.toOne ? null : context.maxRows },
      computed.alias,
      part,
    );
    return toEmbed(item, computed.link, computed.toOne, plan);
  }
  const edge = getRelationship(context.catalog, scope.table, item.name, item.hint);
  const target = context.catalog.tables.get(edge.to);
  if (target === undefined) throw notEmbedded(item.name);
  const alias = context.nextAlias();
  const link = toLink(context, edge, scope.alias);
  const toOne = edge.cardinality === 'many-to-one' || edge.cardinality === 'one-to-one';
  const plan = planPart(
    context,
    { source: { kind: 'table', table: target }, table: target, maxRows: toOne ? null : context.maxRows },
    alias,
    part,
  );
  return toEmbed(item, link, toOne, plan);
}

function toEmbed(item: RelationItem, link: Link, toOne: boolean, plan: SelectPlan): Embed {
  if (item.spread && !toOne && plan.fields.some((field) => field.kind === 'value' && field.value.kind === 'aggregate')) {
    throw restProblem(400, 'PGRST127', 'Feature not implemented', {
      details: 'Aggregates are not implemented for one-to-many or many-to-many spreads.',
    });
  }
  return { name: item.alias ?? item.name, link, toOne, inner: item.join === 'inner', hidden: item.items.length === 0, plan };
}

function toLink(context: PlanContext, edge: Relationship, parentAlias: string): Link {
  const junction = edge.junction === null ? undefined : context.catalog.tables.get(edge.junction.table);
  return {
    cardinality: edge.cardinality,
    parentAlias,
    columns: edge.columns,
    targetColumns: edge.targetColumns,
    junction:
      edge.junction === null || junction === undefined
        ? null
        : {
            table: junction,
            alias: context.nextAlias(),
            columns: edge.junction.columns,
            targetColumns: edge.junction.targetColumns,
          },
    computed: null,
  };
}

function planOrder(scope: Scope, embeds: readonly Embed[], item: OrderItem): OrderTerm {
  const { descending, nullsFirst } = item;
  if (item.relation === null) return { value: planValue(scope, item.name, item.steps), descending, nullsFirst, through: null };
  const embed = embeds.find((candidate) => candidate.name === item.relation);
  if (embed === undefined) throw notEmbedded(item.relation);
  if (!embed.toOne) {
    throw restProblem(400, 'PGRST118', `A related order on '${item.relation}' is not possible`, {
      details: `'${scope.table.name}' and '${item.relation}' do not form a many-to-one or one-to-one relationship`,
    });
  }
  const { source, alias } = embed.plan;
  if (source.table === null) throw notEmbedded(item.relation);
  const value = planValue(
    { catalog: scope.catalog, table: source.table, alias, label: source.table.name },
    item.name,
    item.steps,
  );
  return { value, descending, nullsFirst, through: { link: embed.link, source, alias } };
}
