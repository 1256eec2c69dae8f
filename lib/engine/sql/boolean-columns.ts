/** Which columns hold booleans, by the names a statement calls them: cast to text they are words. */

import type { Connection } from '#lib/engine/database.ts';
import { type ColumnsOfType, type IsColumn, readColumnsOfType } from '#lib/engine/sql/columns-of-type.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';

const none = new Map<string, readonly string[]>();

/** Reads the schema when a statement first asks: most cast nothing, and a script may have thousands. */
export function toBooleanColumns(connection: Pick<Connection, 'all'>): ColumnsOfType {
  let columns: ColumnsOfType | null | undefined;
  const read = () => {
    columns = columns === undefined ? readColumnsOfType(connection, (type) => parseType(type, none).kind === 'boolean') : columns;
    return columns;
  };
  return {
    within(sql, own) {
      let isColumn: IsColumn | undefined;
      return (text) => {
        isColumn ??= read()?.within(sql, own) ?? (() => false);
        return isColumn(text);
      };
    },
  };
}
