/** What a table's columns are called in requests and what they take, as plain data that crosses to a thread. */

import type { Table } from '#lib/engine/catalog/catalog.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';

export interface Field {
  readonly name: string;
  readonly type: SemanticType;
}

export interface Fields {
  readonly list: readonly Field[];
  /** The same for tables whose columns have the same names and types. */
  readonly text: string;
}

const fieldsByTable = new WeakMap<Table, Fields>();

export function toFields(table: Table): Fields {
  const known = fieldsByTable.get(table);
  if (known !== undefined) return known;
  const list = table.columns.map(({ name, type }) => ({ name, type }));
  const made = { list, text: JSON.stringify(list) };
  fieldsByTable.set(table, made);
  return made;
}
