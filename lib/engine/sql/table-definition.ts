/** What a CREATE TABLE says, whether a person wrote it or SQLite stored it. */

export interface Reference {
  /** The referenced table's name in the SQLite file. */
  readonly table: string;
  /** Empty when the primary key is meant. */
  readonly columns: readonly string[];
  /** `cascade`, `set null`, `set default`, `restrict`, `no action`; null when not said. */
  readonly onDelete: string | null;
  readonly onUpdate: string | null;
  readonly deferred: boolean;
}

export interface ColumnDefinition {
  readonly name: string;
  /** The declared type, unquoted; empty when there is none. */
  readonly typeText: string;
  readonly notNull: boolean;
  /** The expression as written. */
  readonly default: string | null;
  readonly primaryKey: boolean;
  readonly autoincrement: boolean;
  readonly unique: boolean;
  readonly check: readonly string[];
  readonly references: Reference | null;
  readonly generated: { readonly expression: string; readonly stored: boolean } | null;
  readonly collate: string | null;
  readonly identity: 'always' | 'by default' | null;
  /** The domain its type came from; `typeText` is then the domain's own type. */
  readonly domain?: string;
}

export interface TableConstraint {
  readonly name: string;
  readonly kind: 'primary key' | 'unique' | 'foreign key' | 'check';
  readonly columns: readonly string[];
  readonly references: Reference | null;
  readonly expression: string | null;
}

export interface TableDefinition {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
  /** Every key and check, those written beside a column included; unnamed ones carry PostgreSQL's default name. */
  readonly constraints: readonly TableConstraint[];
  readonly strict: boolean;
  readonly withoutRowid: boolean;
}

/** A constraint before it has a name. */
export type UnnamedConstraint = Omit<TableConstraint, 'name'> & { readonly name: string | null };
