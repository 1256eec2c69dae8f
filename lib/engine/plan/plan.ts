/**
 * What a request asks of the database, resolved against the catalog but not yet guarded: no SQL, no caller. REST,
 * GraphQL, storage and realtime all end here.
 */

import type { Cardinality, Column, SqlFunction, Table } from '#lib/engine/catalog/catalog.ts';
import type { SemanticType, SqlValue } from '#lib/engine/types/semantic-type.ts';

/** A value the statement binds: one of the request's values by index (so that the shape can be cached), or fixed text. */
export type Operand =
  | { readonly kind: 'value'; readonly index: number }
  | { readonly kind: 'text'; readonly text: RequestValue }
  | { readonly kind: 'bound'; readonly value: SqlValue };

/** A value as the request spelled it; a list for `in.(…)`. */
export type RequestValue = string | readonly string[];

export interface PathStep {
  readonly key: string | number;
  /** `->>`: the result is text; otherwise JSON. */
  readonly asText: boolean;
}

export type AggregateName = 'count' | 'sum' | 'avg' | 'min' | 'max';

export type Value =
  | { readonly kind: 'column'; readonly alias: string; readonly column: Column }
  | { readonly kind: 'path'; readonly base: Value; readonly steps: readonly PathStep[] }
  | { readonly kind: 'cast'; readonly value: Value; readonly to: string }
  | { readonly kind: 'aggregate'; readonly name: AggregateName; readonly value: Value | null }
  /** A value of the row that a to-one embed finds: what an aggregate lifted out of a spread works on. */
  | { readonly kind: 'embedded'; readonly embed: Embed; readonly value: Value }
  /** A function whose only argument is the row: a computed column. */
  | { readonly kind: 'computed'; readonly alias: string; readonly table: Table; readonly fn: SqlFunction };

export type FilterOperator =
  | 'eq'
  | 'neq'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'like'
  | 'ilike'
  | 'match'
  | 'imatch'
  | 'isdistinct'
  | 'fts'
  | 'plfts'
  | 'phfts'
  | 'wfts'
  | 'cs'
  | 'cd'
  | 'ov'
  | 'sl'
  | 'sr'
  | 'nxl'
  | 'nxr'
  | 'adj';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly items: readonly Condition[] }
  | { readonly kind: 'not'; readonly item: Condition }
  | {
      readonly kind: 'compare';
      readonly value: Value;
      readonly operator: FilterOperator;
      readonly operand: Operand;
      /** `op(any)`, `op(all)`: the operand is an array literal. */
      readonly quantifier: 'any' | 'all' | null;
      /** Full-text configuration, `fts(english)`. */
      readonly config: string | null;
    }
  | { readonly kind: 'in'; readonly value: Value; readonly list: Operand }
  | { readonly kind: 'is'; readonly value: Value; readonly test: 'null' | 'not_null' | 'true' | 'false' | 'unknown' }
  /** Rows whose embed has a match; the anti-join under `not`. */
  | { readonly kind: 'exists'; readonly link: Link; readonly plan: SelectPlan }
  | { readonly kind: 'constant'; readonly value: boolean };

export interface OrderTerm {
  readonly value: Value;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  /** Order by a column of a to-one embed. */
  readonly through: { readonly link: Link; readonly source: Source; readonly alias: string } | null;
}

/** How an embedded relation's rows are tied to their parent's. */
export interface Link {
  readonly cardinality: Cardinality;
  readonly parentAlias: string;
  /** Parent columns, then what they equal on the embedded side (or on the junction's near side). */
  readonly columns: readonly string[];
  readonly targetColumns: readonly string[];
  readonly junction: null | {
    readonly table: Table;
    readonly alias: string;
    readonly columns: readonly string[];
    readonly targetColumns: readonly string[];
  };
  /** A computed relationship: the function is called with the parent's row. */
  readonly computed: { readonly fn: SqlFunction; readonly table: Table } | null;
}

export type Source =
  | { readonly kind: 'table'; readonly table: Table }
  /** Rows of a set-returning function call. */
  | { readonly kind: 'call'; readonly call: Call; readonly table: Table | null }
  /** The rows a write just touched, by rowid or key, in order. */
  | { readonly kind: 'written'; readonly table: Table };

export interface Call {
  readonly fn: SqlFunction;
  /** Named arguments as given; absent ones take the default. */
  readonly arguments: ReadonlyMap<string, Operand>;
}

export type Field =
  | { readonly kind: 'value'; readonly name: string; readonly value: Value }
  | { readonly kind: 'embed'; readonly name: string; readonly embed: Embed }
  | { readonly kind: 'spread'; readonly embed: Embed };

export interface Embed {
  /** The key it is addressed by in filters: its alias, else the target's name. */
  readonly name: string;
  readonly link: Link;
  readonly toOne: boolean;
  /** Parents without a match drop out. */
  readonly inner: boolean;
  /** `rel()`: joins and filters, but adds no key. */
  readonly hidden: boolean;
  readonly plan: SelectPlan;
}

export interface SelectPlan {
  readonly source: Source;
  readonly alias: string;
  readonly fields: readonly Field[];
  readonly where: Condition | null;
  readonly order: readonly OrderTerm[];
  readonly limit: Operand | null;
  readonly offset: Operand | null;
  /** A server-side cap on rows, applied besides `limit`. */
  readonly maxRows: number | null;
}

export type Page = Pick<SelectPlan, 'limit' | 'offset' | 'maxRows'>;

export interface ReadPlan {
  readonly kind: 'read';
  readonly select: SelectPlan;
  /** Count every row the filters match, ignoring limit and offset. */
  readonly count: boolean;
  readonly shape: ResultShape;
  /** Print moments on the clocks of this zone; absent = UTC. */
  readonly timezone?: string | null;
}

/** How the rows become one document. */
export type ResultShape = 'json' | 'json-stripped' | 'csv' | 'geojson';

export interface InsertPlan {
  readonly kind: 'insert';
  readonly table: Table;
  /** The view the request named, when the write goes through one to its base table. */
  readonly through: Table | null;
  /** Columns given by the request, in order; every row has a value or a gap for each. */
  readonly columns: readonly Column[];
  readonly conflict: null | { readonly target: readonly string[]; readonly action: 'ignore' | 'merge' };
  readonly returning: SelectPlan | null;
  readonly shape: ResultShape;
  /** Print moments on the clocks of this zone; absent = UTC. */
  readonly timezone?: string | null;
}

export interface UpdatePlan {
  readonly kind: 'update';
  readonly table: Table;
  /** The view the request named, when the write goes through one to its base table. */
  readonly through: Table | null;
  readonly columns: readonly Column[];
  readonly alias: string;
  readonly where: Condition | null;
  readonly returning: SelectPlan | null;
  readonly shape: ResultShape;
  /** Print moments on the clocks of this zone; absent = UTC. */
  readonly timezone?: string | null;
}

export interface DeletePlan {
  readonly kind: 'delete';
  readonly table: Table;
  /** The view the request named, when the write goes through one to its base table. */
  readonly through: Table | null;
  readonly alias: string;
  readonly where: Condition | null;
  readonly returning: SelectPlan | null;
  readonly shape: ResultShape;
  /** Print moments on the clocks of this zone; absent = UTC. */
  readonly timezone?: string | null;
}

export interface CallPlan {
  readonly kind: 'call';
  readonly call: Call;
  /** For functions returning rows: what to make of them. */
  readonly select: SelectPlan | null;
  /** For functions returning a set of scalars: which of them; all when absent. */
  readonly page?: Page;
  readonly count: boolean;
  readonly shape: ResultShape;
  /** Print moments on the clocks of this zone; absent = UTC. */
  readonly timezone?: string | null;
}

export type Plan = ReadPlan | InsertPlan | UpdatePlan | DeletePlan | CallPlan;

/** The type a value has, for encoding what it is compared with and printing what it yields. */
export type ValueType = SemanticType;
