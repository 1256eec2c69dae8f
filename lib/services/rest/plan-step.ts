/** One prepared write as plain data, and whether it may take long. */

import { z } from 'zod';
import type { Table } from '#lib/engine/catalog/catalog.ts';
import type { Database } from '#lib/engine/database.ts';
import { bindValues } from '#lib/engine/run/bind.ts';
import type { RowLimits } from '#lib/engine/run/call.ts';
import { inSteps } from '#lib/engine/run/in-steps.ts';
import type { ChangeStep, EmptyStep, InsertStep, PackedShape, WriteStep } from '#lib/engine/run/large-write.ts';
import { packInSteps } from '#lib/engine/run/packed-rows.ts';
import { showsRows } from '#lib/engine/run/run-change.ts';
import { type InsertTexts, toTexts, variantFor } from '#lib/engine/run/run-insert.ts';
import { isExpensive, isTextExpensive, isTextFixed, observeText } from '#lib/engine/run/run-read.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';
import type { Payload } from '#lib/services/rest/parse/parse-body.ts';
import type { Query } from '#lib/services/rest/parse/parse-request.ts';
import { isPreRequestDear, toPreRequestCall } from '#lib/services/rest/pre-request.ts';
import type { PreparedWrite } from '#lib/services/rest/prepare-write.ts';
import { checkPut } from '#lib/services/rest/put.ts';
import { type RestContext, toContextParameters } from '#lib/services/rest/rest-context.ts';
import { encodeRow, joinsDocuments, locateSql } from '#lib/services/rest/run-write.ts';
import type { ParsedWrite } from '#lib/services/rest/write-table.ts';

export interface PlannedStep {
  readonly prepared: PreparedWrite;
  /** To be judged: of a large payload the first rows. */
  readonly step: WriteStep;
  /** To be run. */
  whole(): WriteStep | Promise<WriteStep>;
  /** Whether the pre-request function may take long. */
  readonly firstIsDear: boolean;
}

/** Throws what the payload's values or a PUT's filters are refused for. */
export function planStep(context: RestContext, prepared: PreparedWrite, parsed: ParsedWrite): PlannedStep {
  const { lexed, query, payload } = parsed;
  const firstIsDear = isPreRequestDear(context);
  const { insert, change } = prepared;
  if (prepared.media.plan === null) {
    if (prepared.method === 'PUT') checkPut(prepared.table, query, lexed, payload);
    if (insert !== null) {
      const texts: InsertTexts[] = [];
      const rows = toInsertRows(prepared, insert, parsed, texts);
      const first = toInsert(context, prepared, insert, parsed, {
        variants: texts,
        rows: rows.take(rowsAtOnce).toArray(),
        packed: null,
      });
      const isWhole = payload.rows.length <= rowsAtOnce;
      const whole = async () => toInsert(context, prepared, insert, parsed, await packInsert(prepared, insert, parsed));
      return { prepared, step: first, whole: () => (isWhole ? first : whole()), firstIsDear };
    }
  }
  const changing = change === null || prepared.media.plan !== null ? null : toChange(context, prepared, change, parsed);
  const step = changing ?? toNothing(context, prepared, parsed);
  return { prepared, step, whole: () => step, firstIsDear };
}

/** Rows between two pauses of a large insert: what must be cheap together. */
const rowsAtOnce = 200;
/** Beyond this even one value keeps the event loop, and a commit of as much writes to the disk for long. */
const bytesHere = 1 << 20;

/** Rows of too many shapes are not sent elsewhere without need: they are written in steps. */
export function isLargeWrite(writes: readonly ParsedWrite[]): boolean {
  const bytes = writes.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
  return bytes > bytesHere && writes.every(({ payload }) => payload.encoded?.packed.shapes !== null);
}

export function isDear(database: Database, { prepared, step, firstIsDear }: PlannedStep): boolean {
  if (firstIsDear) return true;
  if (step.kind === 'nothing') return false;
  const { returning } = prepared;
  const rows = step.kind === 'insert' ? step.rows.length : 1;
  // Other shapes than JSON have a header: they are made at once.
  if (returning !== null && prepared.insert !== null && !joinsDocuments(prepared) && rows >= rowsAtOnce) return true;
  if (returning !== null && rows <= rowsAtOnce && isExpensive(database, returning, step.returningNamed)) return true;
  if (step.kind === 'change') {
    const find = prepared.change?.statements.find;
    if (find === undefined || isExpensive(database, find, step.named)) return true;
    return isTextExpensive(database, step.change, step.named);
  }
  const values = toValues(step);
  const times = Math.min(rows, rowsAtOnce);
  return step.variants.some((texts) =>
    [texts.insert, texts.proposed, texts.existing, texts.result].some(
      (sql) => sql !== null && isTextExpensive(database, sql, values, times),
    ),
  );
}

/** Whether a row that was found cheap says so of every short row given the same columns. */
export function isFixed(database: Database, { prepared, step, firstIsDear }: PlannedStep): boolean {
  if (step?.kind !== 'insert' || prepared.returning !== null || firstIsDear) return false;
  return step.variants.every((texts) =>
    [texts.insert, texts.proposed, texts.existing, texts.result].every((sql) => sql === null || isTextFixed(database, sql)),
  );
}

/** What ran here after all, and for how long. */
export function observeStep(database: Database, { step }: PlannedStep, elapsedMs: number): void {
  if (step.kind === 'nothing') return;
  const texts = step.kind === 'change' ? [step.change] : step.variants.map(({ insert }) => insert);
  for (const sql of texts) observeText(database, sql, elapsedMs);
}

/** Claims, and the values of all rows as one row's: the longest of each column. */
function toValues({ named, rows }: InsertStep): Record<string, SqlValue> {
  const values: Record<string, SqlValue> = { ...named };
  for (const row of rows) {
    for (const [index, value] of row.values.entries()) {
      const known = values[`v${index}`];
      if (known === undefined || sizeOf(value) > sizeOf(known)) values[`v${index}`] = value;
    }
  }
  return values;
}

function sizeOf(value: SqlValue): number {
  return typeof value === 'string' ? value.length : value instanceof Uint8Array ? value.byteLength : 0;
}

function toCommon(context: RestContext, prepared: PreparedWrite, { lexed, rollback }: ParsedWrite, through: Table | null) {
  const { returning, preferences, media, method } = prepared;
  const returningNamed = toContextParameters(context, prepared.readsRequest);
  if (returning !== null) bindValues(returningNamed, returning.binds, lexed.values);
  const limits: RowLimits = {
    maxRows: preferences.handling === 'strict' && method !== 'POST' ? preferences.maxAffected : null,
    exactly: media.kind === 'object' ? 1 : null,
  };
  return {
    first: toPreRequestCall(context),
    through: through?.name ?? null,
    named: toContextParameters(context, prepared.readsRequest),
    returning: returning?.sql ?? null,
    returningNamed,
    limits,
    joins: joinsDocuments(prepared),
    rollback,
  };
}

function toChange(
  context: RestContext,
  prepared: PreparedWrite,
  { guarded, statements }: NonNullable<PreparedWrite['change']>,
  parsed: ParsedWrite,
): ChangeStep | null {
  const { plan } = guarded;
  const common = toCommon(context, prepared, parsed, plan.through);
  const row: [string, SqlValue][] = [];
  if (plan.kind === 'update') {
    if (plan.columns.length === 0) return null;
    const { rows, form } = parsed.payload;
    const encoded = encodeRow(prepared.table, plan.columns, rows.at(0) ?? new Map(), form, false);
    for (const [index, column] of plan.columns.entries()) common.named[`v${index}`] = encoded.get(column.name) ?? null;
    row.push(...encoded);
  }
  bindValues(common.named, statements.find.binds, parsed.lexed.values);
  return {
    ...common,
    kind: 'change',
    table: plan.table.key,
    find: statements.find.sql,
    change: statements.change,
    moved: statements.moved,
    hidden: statements.hidden,
    readsBefore: plan.kind === 'delete',
    showsRows: showsRows(guarded),
    row,
  };
}

/** What a plan is asked for of is not done either. */
function toNothing(context: RestContext, prepared: PreparedWrite, parsed: ParsedWrite): EmptyStep {
  const document = prepared.returning === null ? null : '[]';
  return { ...toCommon(context, prepared, parsed, null), kind: 'nothing', table: '', returning: null, document };
}

function toInsertRows(
  prepared: PreparedWrite,
  { guarded, variants }: NonNullable<PreparedWrite['insert']>,
  { payload, query }: ParsedWrite,
  texts: InsertTexts[],
): IteratorObject<InsertStep['rows'][number]> {
  const useDefaults = usesDefaults(prepared, query);
  return Iterator.from(payload.rows).map((given) => {
    const row = encodeRow(prepared.table, guarded.plan.columns, given, payload.form, useDefaults);
    const own = toTexts(variantFor(guarded, variants, row));
    if (!texts.includes(own)) texts.push(own);
    return { variant: texts.indexOf(own), values: own.columns.map((name) => row.get(name) ?? null) };
  });
}

/** All rows, packed: those of a large body as they came from its thread, others in steps. */
async function packInsert(
  prepared: PreparedWrite,
  { guarded, variants }: NonNullable<PreparedWrite['insert']>,
  parsed: ParsedWrite,
): Promise<Pick<InsertStep, 'variants' | 'rows' | 'packed'>> {
  const { payload, query } = parsed;
  const { columns } = guarded.plan;
  const encode = (row: ReadonlyMap<string, unknown>, form: Payload['form']) =>
    encodeRow(prepared.table, columns, row, form, usesDefaults(prepared, query));
  const ready = payload.encoded?.packed.shapes == null ? null : payload.encoded.packed;
  const encoded = Iterator.from(payload.rows).map((row) => encode(row, payload.form));
  const rows = ready ?? (await inSteps(packInSteps(payload.rows.length, encoded)));
  const texts: InsertTexts[] = [];
  if (rows.shapes === null) {
    const collected = await inSteps(collect(toInsertRows(prepared, { guarded, variants }, parsed, texts)));
    return { variants: texts, rows: collected, packed: null };
  }
  const shapes = rows.shapes.map((names): PackedShape => {
    // A row whose values are their own places.
    const places = new Map(names.map((name, place) => [name, place]));
    const row = ready === null ? places : encode(places, 'encoded');
    const own = toTexts(variantFor(guarded, variants, row));
    if (!texts.includes(own)) texts.push(own);
    const toPlace = (name: string) =>
      z
        .number()
        .nullable()
        .parse(row.get(name) ?? null);
    return { names, variant: texts.indexOf(own), places: own.columns.map(toPlace) };
  });
  return { variants: texts, rows: [], packed: { rows, shapes } };
}

function* collect<T>(items: Iterable<T>): Generator<void, T[]> {
  const collected: T[] = [];
  for (const item of items) {
    collected.push(item);
    if (collected.length % rowsAtOnce === 0) yield;
  }
  return collected;
}

/** Whether a key that a row does not have takes its default. */
function usesDefaults({ preferences }: PreparedWrite, query: Query): boolean {
  return preferences.missing === 'default' || query.columns === null;
}

function toInsert(
  context: RestContext,
  prepared: PreparedWrite,
  { guarded: { plan } }: NonNullable<PreparedWrite['insert']>,
  parsed: ParsedWrite,
  given: Pick<InsertStep, 'variants' | 'rows' | 'packed'>,
): InsertStep {
  return {
    ...toCommon(context, prepared, parsed, plan.through),
    kind: 'insert',
    table: plan.table.key,
    ...given,
    merges: plan.conflict?.action === 'merge',
    conflicts: plan.conflict !== null,
    locate: locateSql(prepared),
  };
}
