/** CREATE VIRTUAL TABLE: full-text and r-tree indexes. */

import { noteRelation } from '#lib/engine/sql/catalog-notes.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { findRelation, requireNewName } from '#lib/engine/sql/schema-facts.ts';
import type { StatementHandler } from '#lib/engine/sql/script.ts';
import { denied, duplicateTable } from '#lib/engine/sql/sql-problems.ts';
import { toStoredName } from '#lib/engine/sql/stored-name.ts';

const modules = new Set(['fts5', 'rtree', 'rtree_i32', 'geopoly']);

export const createVirtualTable: StatementHandler = ({ connection }, cursor) => {
  const ifNotExists = cursor.accept('if', 'not', 'exists');
  const name = cursor.qualifiedName();
  requireNewName(connection, name);
  cursor.expect('using');
  const module = cursor.name();
  if (!modules.has(module)) throw denied(`permission denied for module ${module}`);
  const rest = cursor.rest();
  // An external content table is read past its walls, so the system's own may not be one.
  const system = /(?<![a-z0-9_])(?:_koyalite_|sqlite_)\w*/i.exec(rest)?.[0];
  if (system !== undefined) throw denied(`permission denied for table ${system}`);
  if (findRelation(connection, name) !== null) {
    if (ifNotExists) return 'CREATE TABLE';
    throw duplicateTable(name.name);
  }
  const stored = toStoredName(name.schema, name.name);
  connection.exec(`CREATE VIRTUAL TABLE ${quoteName(stored)} USING ${module}${rest}`);
  noteRelation(connection, name, stored, 'virtual');
  return 'CREATE TABLE';
};
