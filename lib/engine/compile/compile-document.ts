/** Rows as one document: JSON, CSV or GeoJSON text built inside SQLite. */

import { compileFields } from '#lib/engine/compile/compile-fields.ts';
import { compileBody, compileRows } from '#lib/engine/compile/compile-select.ts';
import type { Emitter } from '#lib/engine/compile/statement.ts';
import { apart, joinRows, weighColumns } from '#lib/engine/compile/weighed-rows.ts';
import type { ResultShape, SelectPlan } from '#lib/engine/plan/plan.ts';
import { quoteText } from '#lib/engine/plan/quote.ts';

/** `count(*), <document>, <total> FROM (…)`: the select list and source of the outermost SELECT. */
export function compileDocument(select: SelectPlan, shape: ResultShape, emitter: Emitter, total: string): string {
  switch (shape) {
    case 'json':
      return `count(*), '[' || coalesce(${joinRows("','")}, '') || ']', ${total} FROM (${apart(compileRows(select, emitter))})`;
    case 'json-stripped':
      return `count(*), '[' || coalesce(${joinRows("','", 'json_strip_nulls(j)')}, '') || ']', ${total} FROM (${apart(compileRows(select, emitter))})`;
    case 'csv':
      return compileCsv(select, emitter, total);
    case 'geojson':
      return `count(*), '{"type":"FeatureCollection","features":[' || coalesce(${joinRows("','")}, '') || ']}', ${total} FROM (${apart(compileFeatures(select, emitter))})`;
  }
}

/** The first geometry column is the feature's place, every other field a property. */
function compileFeatures(select: SelectPlan, emitter: Emitter): string {
  const place = select.fields.find(
    (field) => field.kind === 'value' && field.value.kind === 'column' && field.value.column.type.kind === 'geometry',
  );
  const name = place?.kind === 'value' ? place.name : null;
  const fields = compileFields(select, emitter);
  const geometry = fields.find((field) => field.name === name)?.sql ?? 'NULL';
  const properties = fields.filter((field) => field.name !== name).map((field) => `${quoteText(field.name)}, ${field.sql}`);
  const feature = `json_object('type', 'Feature', 'geometry', ${geometry}, 'properties', json_object(${properties.join(', ')}))`;
  return `SELECT ${weighColumns(select, emitter, feature)} AS j ${compileBody(select, emitter, null)}`;
}

function compileCsv(select: SelectPlan, emitter: Emitter, total: string): string {
  const fields = compileFields(select, emitter);
  const header = fields.map((field) => csvCell(field.name)).join(',');
  const cells = fields.map((field) => field.cell).join(` || ',' || `);
  const rows = `SELECT ${weighColumns(select, emitter, cells || `''`)} AS j ${compileBody(select, emitter, null)}`;
  return `count(*), ${quoteText(header)} || coalesce(char(10) || ${joinRows('char(10)')}, ''), ${total} FROM (${apart(rows)})`;
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
