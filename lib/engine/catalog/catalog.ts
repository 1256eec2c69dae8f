/** An environment's schema as frozen data. Rebuilt when the schema version moves; everything downstream is keyed by `version`. */

import type { SemanticType } from '#lib/engine/types/semantic-type.ts';

export interface Column {
  readonly name: string;
  readonly type: SemanticType;
  /** Real nullability; for a view's column, that of the column it passes through. */
  readonly nullable: boolean;
  /** The DEFAULT as KoyaLite SQL (may call `auth.uid()`), or null. */
  readonly default: string | null;
  /** The DEFAULT as SQLite evaluates it, claims as bound parameters; null when there is none. */
  readonly defaultSql: string | null;
  /** Assigned by SQLite when absent: the rowid alias. */
  readonly identity: boolean;
  /** GENERATED ALWAYS AS IDENTITY: nobody gives it a value. */
  readonly always: boolean;
  readonly generated: boolean;
  readonly comment: string | null;
  /** For a view: the table column it passes through unchanged. */
  readonly source: { readonly table: string; readonly column: string } | null;
}

/** A key over columns; the name is what error messages and embedding hints use. */
export interface Key {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface ForeignKey extends Key {
  /** Key of the referenced table in `Catalog.tables`. */
  readonly target: string;
  readonly targetColumns: readonly string[];
}

export type Command = 'select' | 'insert' | 'update' | 'delete';

export interface Policy {
  readonly name: string;
  readonly command: Command | 'all';
  readonly permissive: boolean;
  /** Role names; `public` means every role. */
  readonly roles: readonly string[];
  /** As the person wrote them. */
  readonly using: string | null;
  readonly check: string | null;
  /** Rewritten for SQLite: claims are bound parameters, table names bare so that walls shadow them. */
  readonly usingSql: string | null;
  readonly checkSql: string | null;
}

export interface Table {
  /** `schema.name`: its key in `Catalog.tables`. */
  readonly key: string;
  readonly schema: string;
  readonly name: string;
  /** Its name in the SQLite file: `posts`, `personal.users`, `_koyalite_objects`. */
  readonly stored: string;
  readonly kind: 'table' | 'view' | 'virtual';
  readonly columns: readonly Column[];
  readonly columnsByName: ReadonlyMap<string, Column>;
  readonly primaryKey: Key | null;
  readonly uniques: readonly Key[];
  readonly foreignKeys: readonly ForeignKey[];
  /** CHECK constraints by name. */
  readonly checks: readonly string[];
  readonly withoutRowid: boolean;
  /** Row-level security; true for every new table. */
  readonly rls: boolean;
  readonly policies: readonly Policy[];
  readonly view: View | null;
  readonly comment: string | null;
  /** A rough row count from the file, for classing statements; never shown to a caller. */
  readonly estimatedRows: number;
}

export interface View {
  /** The defining SELECT rewritten for SQLite, table names bare. */
  readonly sql: string;
  /** Whose rights it reads with: true (the default) the caller's, false the definer's. */
  readonly securityInvoker: boolean;
  /** The base table when one table's rows pass through one to one, so that writes can be sent on. */
  readonly updatable: string | null;
  /** How they are sent on; null where `updatable` is. */
  readonly through: ViewThrough | null;
}

export interface ViewThrough {
  /** What the view's expressions call its base table. */
  readonly alias: string;
  /** The view without its filter: what a row just written looks like through it, shown or not. */
  readonly rows: string;
  /** Its filter, over `alias`. */
  readonly where: string | null;
  /** The view's columns that are plain columns of the base table. */
  readonly columns: ReadonlySet<string>;
  /** WITH CHECK OPTION: a row written through the view must be one it shows. */
  readonly checkOption: boolean;
}

export type Cardinality = 'many-to-one' | 'one-to-many' | 'one-to-one' | 'many-to-many';

/** An edge from one relation to another that a request may embed. */
export interface Relationship {
  readonly from: string;
  readonly to: string;
  readonly cardinality: Cardinality;
  /** Foreign key name; for many-to-many the junction's first one. */
  readonly constraint: string;
  readonly columns: readonly string[];
  readonly targetColumns: readonly string[];
  readonly junction: null | {
    readonly table: string;
    readonly constraint: string;
    readonly targetConstraint: string;
    /** Junction columns that reference `from`, then those that reference `to`. */
    readonly columns: readonly string[];
    readonly targetColumns: readonly string[];
  };
  /** True when the edge is seen from the table that holds the foreign key. */
  readonly holdsKey: boolean;
}

export interface FunctionArgument {
  readonly name: string;
  readonly type: SemanticType;
  /** Row-typed argument: the key of its table. */
  readonly row: string | null;
  readonly default: string | null;
  readonly variadic: boolean;
}

export interface SqlFunction {
  readonly schema: string;
  readonly name: string;
  readonly arguments: readonly FunctionArgument[];
  readonly returns: {
    readonly kind: 'scalar' | 'row' | 'table' | 'void';
    readonly setof: boolean;
    readonly type: SemanticType | null;
    /** `RETURNS [SETOF] posts`: the key of that table. */
    readonly table: string | null;
    readonly columns: readonly { readonly name: string; readonly type: SemanticType }[];
    /** `ROWS 1`: a computed relationship to one row. */
    readonly rows: number | null;
  };
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  readonly security: 'invoker' | 'definer';
  readonly strict: boolean;
  /** As the person wrote it, and the same rewritten for SQLite with arguments as `:arg_<name>`, one entry a statement. */
  readonly body: string;
  readonly statements: readonly string[];
  /** EXECUTE grants by role; null = everyone. */
  readonly grants: readonly string[] | null;
  readonly comment: string | null;
}

export interface Role {
  readonly name: string;
  readonly bypassRls: boolean;
  /** Roles whose grants and policies it has besides its own. */
  readonly memberOf: readonly string[];
}

export type Privilege = Command;

/** What a role may do with a relation: whole privileges, or only on the named columns. */
export interface Grant {
  readonly role: string;
  readonly table: string;
  readonly privilege: Privilege;
  /** null = every column. */
  readonly columns: readonly string[] | null;
}

export interface Catalog {
  /** Differs after every schema, policy, grant or function change; unique within the process. */
  readonly version: number;
  /** The file's own word for it, by which a process that only has the file can tell that nothing changed. */
  readonly fileVersion: string;
  readonly schemas: readonly string[];
  /** By `schema.name`. */
  readonly tables: ReadonlyMap<string, Table>;
  readonly enums: ReadonlyMap<string, readonly string[]>;
  /** By the key of the relation they start from. */
  readonly relationships: ReadonlyMap<string, readonly Relationship[]>;
  /** By `schema.name`; several = overloads. */
  readonly functions: ReadonlyMap<string, readonly SqlFunction[]>;
  readonly roles: ReadonlyMap<string, Role>;
  /** By table key; a table without an entry has the default grants (all to anon, authenticated, service_role). */
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
}
