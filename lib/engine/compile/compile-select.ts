/** A select plan as SQL: rows as JSON objects, embeds as correlated sub-selects of the same statement. */

import type { Table } from '#lib/engine/catalog/catalog.ts';
import { compileComputedSource } from '#lib/engine/compile/compile-call.ts';
import { toUnfilteredRows } from '#lib/engine/compile/compile-check-option.ts';
import { compileCondition } from '#lib/engine/compile/compile-condition.ts';
import { compileFields } from '#lib/engine/compile/compile-fields.ts';
import { compileValue } from '#lib/engine/compile/compile-value.ts';
import type { Emitter, Encode } from '#lib/engine/compile/statement.ts';
import { weighColumns } from '#lib/engine/compile/weighed-rows.ts';
import type { Link, OrderTerm, Page, SelectPlan, Source } from '#lib/engine/plan/plan.ts';
import { quoteName, quoteText } from '#lib/engine/plan/quote.ts';
import { plannedName, rowidColumn } from '#lib/engine/policies/walls.ts';
import { orderExpression } from '#lib/engine/types/json-expression.ts';

/** `SELECT json_object(…) AS j FROM … WHERE … ORDER BY … LIMIT …`. */
export function compileRows(plan: SelectPlan, emitter: Emitter, link: Link | null = null): string {
  const fields = compileFields(plan, emitter);
  if (fields.some((field) => field.aggregate)) return compileGroups(plan, fields, emitter, link);
  const object = `json_object(${fields.map((field) => `${quoteText(field.name)}, ${field.sql}`).join(', ')})`;
  return `SELECT ${weighColumns(plan, emitter, object)} AS j ${compileBody(plan, emitter, link)}`;
}

/** With aggregates, every other field is a grouping key. */
function compileGroups(plan: SelectPlan, fields: ReturnType<typeof compileFields>, emitter: Emitter, link: Link | null): string {
  const keys = fields.filter((field) => !field.aggregate).map((field) => field.sql);
  const object = `json_object(${fields.map((field) => `${quoteText(field.name)}, ${field.sql}`).join(', ')})`;
  const group = keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`;
  const order = plan.order.length === 0 ? '' : ` ORDER BY ${plan.order.map((term) => compileOrder(term, emitter)).join(', ')}`;
  return `SELECT ${object} AS j FROM ${compileFrom(plan.source, plan.alias, emitter, link)}${compileWhere(plan, emitter, link)}${group}${order}${compileLimit(plan, emitter)}`;
}

/** Everything after the select list. */
export function compileBody(plan: SelectPlan, emitter: Emitter, link: Link | null): string {
  const from = compileFrom(plan.source, plan.alias, emitter, link);
  return `FROM ${from}${compileWhere(plan, emitter, link)}${compileOrderBy(plan, emitter, link)}${compileLimit(plan, emitter)}`;
}

export function compileFrom(source: Source, alias: string, emitter: Emitter, link: Link | null): string {
  const junction = link?.junction ?? null;
  const own = compileSource(source, alias, emitter, link);
  if (junction === null) return own;
  emitter.note(junction.alias, junction.table);
  const on = junction.targetColumns
    .map(
      (column, index) =>
        `${quoteName(junction.alias)}.${quoteName(column)} = ${quoteName(alias)}.${quoteName(link?.targetColumns[index] ?? '')}`,
    )
    .join(' AND ');
  return `${readName(junction.table, emitter)} AS ${quoteName(junction.alias)} JOIN ${own} ON ${on}`;
}

function compileSource(source: Source, alias: string, emitter: Emitter, link: Link | null): string {
  if (source.kind === 'call') return `"~call" AS ${quoteName(alias)}`;
  if (link !== null && link.computed !== null)
    return `${compileComputedSource(link.computed, link.parentAlias, emitter)} AS ${quoteName(alias)}`;
  emitter.note(alias, source.table);
  const table = `${readName(source.table, emitter)} AS ${quoteName(alias)}`;
  if (source.kind === 'table') return table;
  const base = source.table.view === null ? undefined : emitter.catalog.tables.get(source.table.view.updatable ?? '');
  if (base !== undefined) return throughBase(emitter, source.table, base, alias);
  return `json_each(:written) AS w CROSS JOIN ${table} ON ${compileRowIdentity(source.table, alias, emitter)} = w.value`;
}

/** Written rows are known by their base table's identity, and looked at as the view shows rows, whether its filter lets them pass or not. */
function throughBase(emitter: Emitter, view: Table, base: Table, alias: string): string {
  const shown = `${toUnfilteredRows(emitter.catalog, view) ?? readName(view, emitter)} AS ${quoteName(alias)}`;
  const columns = base.primaryKey?.columns ?? [];
  const pairs = columns.map(
    (column, index) => `${quoteName(alias)}.${quoteName(view.primaryKey?.columns[index] ?? '')} = "~base".${quoteName(column)}`,
  );
  const identity = base.withoutRowid
    ? `json_array(${columns.map((column) => `"~base".${quoteName(column)}`).join(', ')})`
    : '"~base".rowid';
  return `json_each(:written) AS w CROSS JOIN main.${quoteName(base.stored)} AS "~base" ON ${identity} = w.value CROSS JOIN ${shown} ON ${pairs.join(' AND ')}`;
}

function readName(table: Table, emitter: Emitter): string {
  return quoteName(emitter.walled.has(table.key) ? plannedName(table) : table.stored);
}

/** What names one row of a table: its rowid, or its key as a JSON array where it has none. */
export function compileRowIdentity(table: Source['table'], alias: string, emitter: Emitter): string {
  if (table === null) return 'NULL';
  if (!table.withoutRowid) return `${quoteName(alias)}.${emitter.walled.has(table.key) ? quoteName(rowidColumn) : 'rowid'}`;
  const columns = table.primaryKey?.columns ?? [];
  return `json_array(${columns.map((column) => `${quoteName(alias)}.${quoteName(column)}`).join(', ')})`;
}

function compileWhere(plan: SelectPlan, emitter: Emitter, link: Link | null): string {
  const conditions: string[] = [];
  if (link !== null) conditions.push(...compileLink(link, plan.alias));
  if (plan.where !== null) {
    emitter.markFiltered();
    conditions.push(compileCondition(plan.where, emitter));
  }
  for (const field of plan.fields) {
    if (field.kind !== 'value' && field.embed.inner) conditions.push(compileExists(field.embed.link, field.embed.plan, emitter));
  }
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

/** How the embedded (or junction) row is tied to its parent row. */
function compileLink(link: Link, alias: string): string[] {
  if (link.computed !== null) return [];
  const near =
    link.junction === null
      ? { alias, columns: link.targetColumns }
      : { alias: link.junction.alias, columns: link.junction.columns };
  return link.columns.map(
    (column, index) =>
      `${quoteName(near.alias)}.${quoteName(near.columns[index] ?? '')} = ${quoteName(link.parentAlias)}.${quoteName(column)}`,
  );
}

/** A semi-join: the parent has at least one match that passes the embed's own filters. */
export function compileExists(link: Link, plan: SelectPlan, emitter: Emitter): string {
  return `EXISTS (SELECT 1 FROM ${compileFrom(plan.source, plan.alias, emitter, link)}${compileWhere(plan, emitter, link)})`;
}

/** Without an order, rows come in rowid order whichever index serves the filter. */
function compileOrderBy(plan: SelectPlan, emitter: Emitter, link: Link | null): string {
  const { source } = plan;
  if (plan.order.length > 0) {
    const terms = plan.order.map((term) => compileOrder(term, emitter));
    return ` ORDER BY ${[...terms, ...compileTieBreak(plan, emitter, link)].join(', ')}`;
  }
  if (link !== null && link.computed !== null) return '';
  if (source.kind === 'written') return ' ORDER BY w.key';
  if (source.table === null || source.kind === 'call' || source.table.kind === 'view' || source.table.withoutRowid) return '';
  return ` ORDER BY ${compileRowIdentity(source.table, plan.alias, emitter)}`;
}

/**
 * Rows that tie come in rowid order, in the direction of the last term: pages never overlap, and it is the order in which
 * an index on that term gives them anyway.
 */
function compileTieBreak(plan: SelectPlan, emitter: Emitter, link: Link | null): string[] {
  const { source } = plan;
  if (source.kind !== 'table' || source.table.kind !== 'table' || source.table.withoutRowid) return [];
  if (link !== null && link.computed !== null) return [];
  const direction = plan.order.at(-1)?.descending ? 'DESC' : 'ASC';
  return [`${compileRowIdentity(source.table, plan.alias, emitter)} ${direction}`];
}

function compileOrder(term: OrderTerm, emitter: Emitter): string {
  const value = compileValue(term.value, emitter);
  const own = orderExpression(value.type, value.sql);
  const sql = term.through === null ? own : compileThrough(term.through, own, emitter);
  return `${sql} ${term.descending ? 'DESC' : 'ASC'} NULLS ${term.nullsFirst ? 'FIRST' : 'LAST'}`;
}

function compileThrough(through: NonNullable<OrderTerm['through']>, value: string, emitter: Emitter): string {
  const from = compileFrom(through.source, through.alias, emitter, through.link);
  return `(SELECT ${value} FROM ${from} WHERE ${compileLink(through.link, through.alias).join(' AND ')} LIMIT 1)`;
}

/** The added zero keeps SQLite from re-preparing the statement for each new limit. */
export function compileLimit(plan: Page, emitter: Emitter): string {
  const cap = plan.maxRows;
  if (plan.limit === null && cap === null && plan.offset === null) return '';
  const limit = plan.limit === null ? String(cap ?? -1) : `(${emitter.bind(plan.limit, limitEncoder(cap))}+0)`;
  return plan.offset === null ? ` LIMIT ${limit}` : ` LIMIT ${limit} OFFSET (${emitter.bind(plan.offset, asCount)}+0)`;
}

const asCount: Encode = (value) => Math.min(Number(value), Number.MAX_SAFE_INTEGER);

function limitEncoder(cap: number | null): Encode {
  return cap === null ? asCount : (value) => Math.min(Number(value), cap);
}
