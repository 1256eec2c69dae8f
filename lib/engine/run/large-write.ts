/** Writes as plain data, and how they are run in a process of their own: several are one transaction. */

import type { Catalog, Table } from '#lib/engine/catalog/catalog.ts';
import { outputLimitBytes, outputTooLarge } from '#lib/engine/child/refusals.ts';
import { hiddenByView } from '#lib/engine/compile/compile-check-option.ts';
import type { Connection } from '#lib/engine/database.ts';
import { areResponseSettings } from '#lib/engine/response-settings.ts';
import { type Call, isWithin, performCall, type RowLimits, toSettings } from '#lib/engine/run/call.ts';
import { describeConstraint } from '#lib/engine/run/describe-constraint.ts';
import { atOnce } from '#lib/engine/run/in-steps.ts';
import { type PackedRows, toShapeKey, unpack } from '#lib/engine/run/packed-rows.ts';
import { type PartsReader, readParts } from '#lib/engine/run/read-parts.ts';
import { type InsertTexts, insertEach, type ProposedRow, refused } from '#lib/engine/run/run-insert.ts';
import { noSettings, toSettingsJson } from '#lib/engine/settings.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export interface LargeWrite {
  /** `Catalog.fileVersion` of the catalog it was compiled with. */
  readonly catalogVersion: string;
  readonly steps: readonly WriteStep[];
}

interface Step {
  /** Runs first; what it sets, the statements read. */
  readonly first: Call | null;
  /** The view it goes through, for the error of its check option. */
  readonly through: string | null;
  /** The table's key in the catalog. */
  readonly table: string;
  readonly returning: string | null;
  /** Parameters of the statements that write, and of the one that reads back. */
  readonly named: Readonly<Record<string, SqlValue>>;
  readonly returningNamed: Readonly<Record<string, SqlValue>>;
  readonly limits: RowLimits;
  /** Whether the documents of parts of the rows make the document of them all. */
  readonly joins: boolean;
  /** `tx=rollback`: done, answered, undone. */
  readonly rollback: boolean;
}

/** The statements of `compile-change.ts`. */
export interface ChangeStep extends Step {
  readonly kind: 'change';
  readonly find: string;
  readonly change: string;
  /** Where the rows are afterwards, when their key was changed; and how many of them the view does not show. */
  readonly moved: string | null;
  readonly hidden: string | null;
  /** A DELETE's rows are read before they go. */
  readonly readsBefore: boolean;
  /** Whether the caller could see the rows: an error may then name them. */
  readonly showsRows: boolean;
  /** The new values of an update by column, for errors. */
  readonly row: readonly (readonly [string, SqlValue])[];
}

/** The statements of `compile-insert.ts`, by which columns a row gives. */
export interface InsertStep extends Step {
  readonly kind: 'insert';
  readonly variants: readonly InsertTexts[];
  readonly rows: readonly { readonly variant: number; readonly values: readonly SqlValue[] }[];
  /** Many rows instead of these. */
  readonly packed: PackedInsert | null;
  readonly merges: boolean;
  readonly conflicts: boolean;
  /** Reads the primary key of the one row for `Location`, by rowid. */
  readonly locate: string | null;
}

export interface PackedInsert {
  readonly rows: PackedRows;
  readonly shapes: readonly PackedShape[];
}

/** How a row that gives values for these names is inserted: which of its values each column of the variant takes. */
export interface PackedShape {
  readonly names: readonly string[];
  readonly variant: number;
  readonly places: readonly (number | null)[];
}

/** A write that has nothing to do, such as a PATCH without columns: only what runs before it. */
export interface EmptyStep extends Step {
  readonly kind: 'nothing';
  /** What it answers. */
  readonly document: string | null;
}

export type WriteStep = ChangeStep | InsertStep | EmptyStep;

export interface WriteOutcome {
  readonly affected: number;
  readonly inserted: number;
  readonly document: string | null;
  readonly identity: SqlValue;
  readonly location: readonly SqlValue[] | null;
  /** What `set_config` set, by name. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Runs in the caller's transaction. Throws what the constraints and policies say, worded as for a write on the event loop. */
export function performStep(connection: Connection, asked: WriteStep, loadCatalog: () => Catalog): WriteOutcome {
  const settings = asked.first === null ? noSettings : toSettings(performCall(connection, asked.first));
  const step = settings.size === 0 ? asked : withSettings(asked, toSettingsJson(settings));
  const toError: ToError = (row, error, written) => {
    const catalog = loadCatalog();
    return describeConstraint(connection, catalog, getTable(catalog, step.table), row, error, written);
  };
  const refuse = (using = false): Error => refused(getTable(loadCatalog(), step.table), using);
  return { ...perform(), settings: Object.fromEntries(settings) };

  function perform(): Done {
    switch (step.kind) {
      case 'change':
        return change(connection, step, toError, refuse);
      case 'insert':
        return insert(connection, step, toError, refuse);
      case 'nothing':
        return { affected: 0, inserted: 0, document: step.document, identity: null, location: null };
    }
  }
}

function withSettings<S extends WriteStep>(step: S, json: string | null): S {
  const set = { request_settings: json };
  return { ...step, named: { ...step.named, ...set }, returningNamed: { ...step.returningNamed, ...set } };
}

export function isKept(step: WriteStep, outcome: WriteOutcome): boolean {
  return isWithin(step.limits, outcome.affected) && areResponseSettings(toSettings(outcome));
}

function getTable(catalog: Catalog, key: string): Table {
  const table = catalog.tables.get(key);
  if (table === undefined) throw new Error('the table is gone');
  return table;
}

type Done = Omit<WriteOutcome, 'settings'>;
type ToError = (row: ProposedRow, error: unknown, written?: SqlValue) => Error;

function change(connection: Connection, step: ChangeStep, toError: ToError, refuse: () => Error): Done {
  const parameters: Record<string, SqlValue> = { ...step.named, most: -1n };
  const [identities, found, refusals] = connection.tuple(step.find, parameters) ?? [];
  const affected = Number(found ?? 0);
  const outcome = { affected, inserted: 0, identity: null, location: null };
  if (Number(refusals ?? 0) > 0) throw refuse();
  parameters.written = identities ?? '[]';
  const before = step.readsBefore ? readBack(connection, step, parameters.written) : null;
  if (affected > 0) {
    try {
      connection.run(step.change, parameters);
    } catch (error) {
      throw toError(new Map(step.row), error, step.showsRows ? parameters.written : null);
    }
    if (step.moved !== null) parameters.written = connection.value(step.moved, parameters) ?? '[]';
    if (step.hidden !== null && connection.value(step.hidden, parameters) !== 0) throw hiddenByView(step.through);
  }
  return { ...outcome, document: step.readsBefore ? before : readBack(connection, step, parameters.written) };
}

function insert(connection: Connection, step: InsertStep, toError: ToError, refuse: (using?: boolean) => Error): Done {
  const steps = insertEach(
    connection,
    {
      toError,
      refuse,
      hide: () => hiddenByView(step.through),
      merges: step.merges,
      conflicts: step.conflicts,
      returns: step.returning !== null,
    },
    toRows(step),
    { ...step.named },
  );
  let state = steps.next();
  while (!state.done) state = steps.next();
  const { affected, identities, inserted } = state.value;
  const [identity = null] = identities;
  return {
    affected,
    inserted,
    identity,
    document: step.returning === null ? null : readBackParts(connection, step, identities),
    location: step.locate === null || affected !== 1 ? null : (connection.tuple(step.locate, identity) ?? null),
  };
}

interface Proposed {
  readonly row: ProposedRow;
  readonly texts: InsertTexts;
}

function toRows({ rows, variants, packed }: InsertStep): Iterable<Proposed> {
  const textsOf = (variant: number): InsertTexts => {
    const texts = variants[variant];
    if (texts === undefined) throw new Error('no such variant');
    return texts;
  };
  if (packed === null) {
    return rows.map(({ variant, values }) => {
      const texts = textsOf(variant);
      return { texts, row: new Map(texts.columns.map((name, index) => [name, values[index] ?? null])) };
    });
  }
  const shapes = new Map(packed.shapes.map((shape) => [toShapeKey(shape.names), shape]));
  return unpack(packed.rows, (names) => {
    const { variant, places } = shapes.get(toShapeKey(names)) ?? { variant: -1, places: [] };
    const texts = textsOf(variant);
    const pick = (values: readonly SqlValue[], place: number | null | undefined) => values[place ?? -1] ?? null;
    return (values): Proposed => ({
      texts,
      row: new Map(texts.columns.map((name, index) => [name, pick(values, places[index])])),
    });
  });
}

function readBack(connection: Connection, { returning, returningNamed }: WriteStep, written: SqlValue): string | null {
  if (returning === null) return null;
  const document = connection.tuple(returning, { ...returningNamed, written })?.[1];
  return typeof document === 'string' ? document : '[]';
}

function readBackParts(connection: Connection, step: InsertStep, identities: readonly SqlValue[]): string | null {
  const reader: PartsReader = {
    joins: step.joins,
    read: (written) => readBack(connection, step, written),
    allow(length) {
      if (length > outputLimitBytes) throw outputTooLarge(outputLimitBytes);
    },
  };
  return atOnce(readParts(identities, reader));
}
