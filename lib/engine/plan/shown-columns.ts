/** The names under which a view shows its base table's columns: what a request calls them. */

import type { Table } from '#lib/engine/catalog/catalog.ts';

/** Undefined for a column the view does not show as it is. */
export function findShownName(view: Table, baseColumn: string): string | undefined {
  const plain = view.view?.through?.columns;
  return view.columns.find((column) => column.source?.column === baseColumn && plain?.has(column.name))?.name;
}
