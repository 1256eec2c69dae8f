/** The changes one ALTER TABLE asks for, gathered so that the table is rebuilt once. */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { rebuildTable } from '#lib/engine/sql/alter/rebuild-table.ts';
import { getRelation, type Relation, readEnums, toDefinition } from '#lib/engine/sql/schema-facts.ts';
import { undefinedColumn } from '#lib/engine/sql/sql-problems.ts';
import type { ColumnDefinition, TableDefinition } from '#lib/engine/sql/table-definition.ts';

export class TableEdit {
  readonly connection: CachingConnection;
  readonly enums: ReadonlyMap<string, readonly string[]>;
  relation: Relation;
  definition: TableDefinition;
  /** SQL over the old row for columns of the new table. */
  readonly copy = new Map<string, string>();
  private changed = false;

  constructor(connection: CachingConnection, relation: Relation) {
    this.connection = connection;
    this.enums = readEnums(connection);
    this.relation = relation;
    this.definition = toDefinition(relation);
  }

  /** True when nothing waits for a rebuild, so that a statement SQLite has itself may run at once. */
  get clean(): boolean {
    return !this.changed;
  }

  replace(definition: TableDefinition): void {
    this.definition = definition;
    this.changed = true;
  }

  /** Runs one of SQLite's own ALTER TABLE statements and reads the table anew. */
  runNative(sql: string): void {
    this.connection.exec(sql);
    this.reload();
  }

  flush(): void {
    if (!this.changed) return;
    rebuildTable(this.connection, this.relation.stored, this.definition, this.copy);
    this.changed = false;
    this.copy.clear();
    this.reload();
  }

  /** The column by its name in any case. Throws 42703. */
  getColumn(name: string): ColumnDefinition {
    const found = this.findColumn(name);
    if (found === null) throw undefinedColumn(name, this.relation.name);
    return found;
  }

  findColumn(name: string): ColumnDefinition | null {
    const exact = this.definition.columns.find((column) => column.name === name);
    return exact ?? this.definition.columns.find((column) => column.name.toLowerCase() === name.toLowerCase()) ?? null;
  }

  updateColumn(name: string, change: Partial<ColumnDefinition>): void {
    this.replace({
      ...this.definition,
      columns: this.definition.columns.map((column) => (column.name === name ? { ...column, ...change } : column)),
    });
  }

  private reload(): void {
    this.relation = getRelation(this.connection, this.relation);
    this.definition = toDefinition(this.relation);
  }
}
