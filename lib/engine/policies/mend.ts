/** The SQL that mends what the linter found, where one statement can: for a person to read before it runs. */

import type { Policy, Table } from '#lib/engine/catalog/catalog.ts';
import { isTrivia, tokenize } from '#lib/engine/sql/tokenize.ts';

/** Names under which people keep whose a row is, when no column refers to auth.users. */
const ownerNames = ['owner', 'owner_id', 'user_id', 'author', 'author_id', 'created_by'];

/** The uuid column that says whose a row is, or null. */
export function findOwnerColumn(table: Table): string | null {
  const referring = table.foreignKeys.find((key) => key.target === 'auth.users' && key.columns.length === 1)?.columns[0];
  if (referring !== undefined) return referring;
  const uuids = table.columns.filter((column) => column.type.kind === 'uuid');
  const defaulting = uuids.find((column) => column.default?.includes('auth.uid()'));
  return (defaulting ?? uuids.find((column) => ownerNames.includes(column.name.toLowerCase())))?.name ?? null;
}

export function enableRls(table: Table): string {
  return `ALTER TABLE ${nameOf(table)} ENABLE ROW LEVEL SECURITY;`;
}

export function invokeView(table: Table): string {
  return `ALTER VIEW ${nameOf(table)} SET (security_invoker = true);`;
}

/** A permissive policy by owner; null without a column that tells the owner. */
export function addOwnerPolicy(table: Table): string | null {
  const column = findOwnerColumn(table);
  if (column === null) return null;
  const own = `${name(column)} = auth.uid()`;
  return `CREATE POLICY "owners have their rows" ON ${nameOf(table)}\n  FOR ALL TO authenticated\n  USING (${own})\n  WITH CHECK (${own});`;
}

/** The policy with its `true` made a comparison with the owner; null without a column that tells the owner. */
export function narrowToOwner(table: Table, policy: Policy): string | null {
  const column = findOwnerColumn(table);
  if (column === null) return null;
  const own = `(${name(column)} = auth.uid())`;
  const using = policy.using === null ? '' : `\n  USING ${own}`;
  const check = policy.check === null ? '' : `\n  WITH CHECK ${own}`;
  return `ALTER POLICY ${name(policy.name)} ON ${nameOf(table)}${using}${check};`;
}

/** The policy reading what only the server writes. */
export function readAppMetadata(table: Table, policy: Policy): string {
  const using = policy.using === null ? '' : `\n  USING (${toAppMetadata(policy.using)})`;
  const check = policy.check === null ? '' : `\n  WITH CHECK (${toAppMetadata(policy.check)})`;
  return `ALTER POLICY ${name(policy.name)} ON ${nameOf(table)}${using}${check};`;
}

/** Comments stay as they are. */
function toAppMetadata(sql: string): string {
  const swap = (text: string) =>
    text.replace(/\braw_user_meta_data\b/gi, 'raw_app_meta_data').replace(/\buser_metadata\b/gi, 'app_metadata');
  return tokenize(sql)
    .map((token) => (isTrivia(token) ? token.text : swap(token.text)))
    .join('');
}

function nameOf(table: Table): string {
  return `${name(table.schema)}.${name(table.name)}`;
}

/** Bare where SQL reads it as it is written. */
function name(text: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(text) && !reserved.has(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

const reserved = new Set(
  'all and as between by case check collate column constraint create default delete distinct else end except exists for foreign from grant group having in index insert intersect into is join key like limit not null on or order primary references select set table then to transaction union unique update user using values when where with'.split(
    ' ',
  ),
);
