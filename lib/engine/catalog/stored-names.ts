/** Which schema and table a name in the SQLite file stands for. */

/** System tables that people may name; every other `_koyalite_` table stays hidden. */
const systemTables: ReadonlyMap<string, { schema: string; name: string }> = new Map([
  ['_koyalite_users', { schema: 'auth', name: 'users' }],
  ['_koyalite_identities', { schema: 'auth', name: 'identities' }],
  ['_koyalite_sessions', { schema: 'auth', name: 'sessions' }],
  ['_koyalite_buckets', { schema: 'storage', name: 'buckets' }],
  ['_koyalite_objects', { schema: 'storage', name: 'objects' }],
  ['_koyalite_messages', { schema: 'realtime', name: 'messages' }],
]);

/** Null for names no API may see: SQLite's own, other system tables, and the shadow tables of virtual ones. */
export function fromStoredName(stored: string, schemas: readonly string[]): { schema: string; name: string } | null {
  if (stored.startsWith('sqlite_')) return null;
  if (stored.startsWith('_koyalite_')) return systemTables.get(stored) ?? null;
  const dot = stored.indexOf('.');
  if (dot > 0 && schemas.includes(stored.slice(0, dot))) return { schema: stored.slice(0, dot), name: stored.slice(dot + 1) };
  return { schema: 'public', name: stored };
}
