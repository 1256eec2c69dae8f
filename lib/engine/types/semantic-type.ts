/**
 * What a column's declared type means. SQLite keeps a name and an affinity; the API speaks PostgreSQL's types, so the
 * name is parsed once into this and every codec works from it.
 */

export type TypeKind =
  | 'integer'
  | 'float'
  | 'numeric'
  | 'boolean'
  | 'text'
  | 'uuid'
  | 'json'
  | 'timestamptz'
  | 'timestamp'
  | 'date'
  | 'time'
  | 'timetz'
  | 'interval'
  | 'bytea'
  | 'enum'
  | 'array'
  | 'range'
  | 'vector'
  | 'tsvector'
  | 'geometry'
  | 'unknown';

export interface SemanticType {
  readonly kind: TypeKind;
  /** PostgreSQL's name as error messages and OpenAPI give it: `integer`, `timestamp with time zone`, `user_status`, `text[]`. */
  readonly name: string;
  /** `integer`: 2, 4 or 8 bytes. */
  readonly bytes?: number;
  /** `numeric(p,s)`; absent when unconstrained. */
  readonly precision?: number;
  readonly scale?: number;
  /** `varchar(n)` in characters; `vector(n)` in dimensions. */
  readonly length?: number;
  /** `array` and `range`: the element type. */
  readonly element?: SemanticType;
  /** `enum`: labels in order. */
  readonly labels?: readonly string[];
  /** `json`: whether it is jsonb (keys deduplicated, compact text). */
  readonly binary?: boolean;
}

/** What better-sqlite3 binds and returns. Booleans are 0/1. */
export type SqlValue = string | number | bigint | null | Uint8Array;
