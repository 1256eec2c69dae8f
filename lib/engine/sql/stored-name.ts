/** Where a schema-qualified relation lives in the SQLite file. */

/** System relations people may name, and the table each stands for. */
const systemRelations: ReadonlySet<string> = new Set([
  'auth.users',
  'auth.identities',
  'auth.sessions',
  'auth.refresh_tokens',
  'auth.mfa_factors',
  'storage.buckets',
  'storage.objects',
  'realtime.messages',
]);

export const systemSchemas: ReadonlySet<string> = new Set(['auth', 'storage', 'realtime']);

/** `public.t` → `t`, `other.t` → `other.t`, `auth.users` → `_koyalite_users`. */
export function toStoredName(schema: string, name: string): string {
  if (schema === 'public') return name;
  return systemRelations.has(`${schema}.${name}`) ? `_koyalite_${name}` : `${schema}.${name}`;
}

/** `_koyalite_buckets` → `storage.buckets`, for messages; any other name as it is. */
export function toWrittenName(stored: string): string {
  for (const name of systemRelations) if (stored === `_koyalite_${name.slice(name.indexOf('.') + 1)}`) return name;
  return stored;
}
