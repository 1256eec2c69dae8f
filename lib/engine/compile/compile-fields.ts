/** The select list: columns as JSON values, embeds as nested documents, spreads lifted into their parent. */

import { compileBody, compileRows } from '#lib/engine/compile/compile-select.ts';
import { compileValue, type TypedSql } from '#lib/engine/compile/compile-value.ts';
import type { Emitter } from '#lib/engine/compile/statement.ts';
import { apart, joinRows } from '#lib/engine/compile/weighed-rows.ts';
import type { Embed, SelectPlan, Value } from '#lib/engine/plan/plan.ts';
import { quoteText } from '#lib/engine/plan/quote.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';
import { jsonExpression } from '#lib/engine/types/json-expression.ts';
import { textExpression } from '#lib/engine/types/to-text.ts';

const text = parseType('text', new Map());

export interface CompiledField {
  readonly name: string;
  /** SQL whose value `json_object` prints as it should be. */
  readonly sql: string;
  /** SQL of the field as a CSV cell, quoted where it must be. */
  readonly cell: string;
  readonly aggregate: boolean;
}

export function compileFields(plan: SelectPlan, emitter: Emitter): CompiledField[] {
  return plan.fields.flatMap((field): CompiledField[] => {
    if (field.kind === 'value') {
      const { sql, type } = toZone(compileValue(field.value, emitter), emitter);
      const cell = `csv_field(${textExpression(type, sql)})`;
      return [{ name: field.name, sql: jsonExpression(type, sql), cell, aggregate: isAggregate(field.value) }];
    }
    if (field.embed.hidden) return [];
    if (field.kind === 'spread') return compileSpread(field.embed, emitter);
    return [toField(field.name, compileEmbed(field.embed, emitter))];
  });
}

/** A moment on the clocks the client asked for; it is text from there on. */
function toZone(value: TypedSql, emitter: Emitter): TypedSql {
  if (emitter.timezone === null || value.type.kind !== 'timestamptz') return value;
  return { sql: `timestamptz_in_zone(${value.sql}, ${quoteText(emitter.timezone)})`, type: text };
}

/** A field that is JSON already. */
function toField(name: string, sql: string): CompiledField {
  return { name, sql, cell: `csv_cell(json_quote(${sql}))`, aggregate: false };
}

function isAggregate(value: Value): boolean {
  if (value.kind === 'aggregate') return true;
  return value.kind === 'cast' ? isAggregate(value.value) : value.kind === 'path' ? isAggregate(value.base) : false;
}

/** An object or null for a to-one embed, an array for a to-many one. */
function compileEmbed(embed: Embed, emitter: Emitter): string {
  const rows = compileRows(embed.plan, emitter, embed.link);
  return embed.toOne ? `json((${withLimit(rows, embed.plan)}))` : `json((${toArray(rows)}))`;
}

/** Rows as one JSON array text. */
export function toArray(rows: string): string {
  return `SELECT '[' || coalesce(${joinRows("','")}, '') || ']' FROM (${apart(rows)})`;
}

function withLimit(rows: string, plan: SelectPlan): string {
  return plan.limit === null && plan.offset === null && plan.maxRows === null ? `${rows} LIMIT 1` : rows;
}

/** A to-one spread lifts each field; a to-many one lifts each as an array. */
function compileSpread(embed: Embed, emitter: Emitter): CompiledField[] {
  return compileFields(embed.plan, emitter).map((field) => {
    if (embed.toOne) {
      const from = compileBody({ ...embed.plan, order: [] }, emitter, embed.link);
      return toField(field.name, `json((SELECT json_quote(${field.sql}) ${withLimit(from, embed.plan)}))`);
    }
    const body = compileBody(embed.plan, emitter, embed.link);
    return toField(field.name, `json((${toArray(`SELECT json_quote(${field.sql}) AS j ${body}`)}))`);
  });
}
