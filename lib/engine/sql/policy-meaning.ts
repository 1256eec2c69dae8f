/**
 * A policy keeps its meaning when columns come, go or change their names. PostgreSQL binds the names in a policy when it is
 * made; here they are text, and a bare name in a sub-query could come to mean the column of another table. So the names
 * that a change is about get their table's name first, and SQLite says whether each is still read from where it was.
 */

import type { CachingConnection } from '#lib/engine/connection.ts';
import { listPolicies, type StoredPolicy, toPolicyQueries } from '#lib/engine/sql/policy-check.ts';
import { quoteName, toName } from '#lib/engine/sql/quote.ts';
import { readRelations } from '#lib/engine/sql/read-relations.ts';
import { isTrivia, type Token, tokenize } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

/** Does `change`; throws 2BP01 when a policy that says one of these names reads other columns afterwards, or none. */
export function keepPolicies(connection: CachingConnection, names: readonly string[], change: () => void): void {
  const folded = new Set(names.map((name) => name.toLowerCase()));
  const before = new Map<string, string>();
  for (const policy of listPolicies(connection)) {
    if (findBare(policy.using ?? '', folded).length + findBare(policy.check ?? '', folded).length === 0) continue;
    const meaning = readMeaning(connection, policy);
    if (meaning === null) continue;
    before.set(toKey(policy), meaning);
    save(connection, bind(connection, bind(connection, policy, 'using', folded), 'check', folded));
  }
  change();
  if (before.size === 0) return;
  for (const policy of listPolicies(connection)) {
    const meaning = before.get(toKey(policy));
    if (meaning === undefined || meaning === readMeaning(connection, policy)) continue;
    throw new SqlError({
      sqlstate: '2BP01',
      message: `policy ${policy.name} on table ${policy.table.name} would no longer mean the same columns`,
      hint: `Write the table's name or alias before ${names.map((name) => `"${name}"`).join(' and ')} in the policy, then try again.`,
    });
  }
}

const toKey = (policy: StoredPolicy): string => JSON.stringify([policy.table.schema, policy.table.name, policy.name]);

/** The policy with a table's name before each of these names, wherever one can be found that changes nothing. */
function bind(
  connection: CachingConnection,
  policy: StoredPolicy,
  part: 'using' | 'check',
  names: ReadonlySet<string>,
): StoredPolicy {
  // Without a query inside there is one table only.
  if (!/\bselect\b/i.test(policy[part] ?? '')) return policy;
  let bound = policy;
  const tables = [policy.table.name, ...readRelations(policy[part] ?? '')];
  // From the back, so that what stands before keeps its place.
  for (const token of findBare(policy[part] ?? '', names).reverse()) {
    const sql = bound[part] ?? '';
    const found = tables
      .map((table) => ({ ...bound, [part]: `${sql.slice(0, token.start)}${quoteName(table)}.${sql.slice(token.start)}` }))
      .find((candidate) => readMeaning(connection, candidate) === readMeaning(connection, bound));
    bound = found ?? bound;
  }
  return bound;
}

/** Names that stand without a table's. */
function findBare(sql: string, names: ReadonlySet<string>): Token[] {
  const tokens = tokenize(sql).filter((token) => !isTrivia(token));
  return tokens.filter(
    (token, at) =>
      (token.kind === 'word' || token.kind === 'quoted') &&
      names.has(toName(token).toLowerCase()) &&
      tokens[at - 1]?.text !== '.' &&
      tokens[at + 1]?.text !== '.' &&
      tokens[at + 1]?.text !== '(',
  );
}

function save(connection: CachingConnection, { table, name, using, check }: StoredPolicy): void {
  connection.run(
    'UPDATE main._koyalite_rls_policies SET using_sql = ?, check_sql = ? WHERE schema_name = ? AND table_name = ? AND name = ?',
    using,
    check,
    table.schema,
    table.name,
    name,
  );
}

/** Which of the relations it names each column is read from, in order; null when it does not compile. */
function readMeaning(connection: CachingConnection, policy: StoredPolicy): string | null {
  try {
    return toPolicyQueries(connection, policy)
      .map((sql) => {
        const unbound = Object.fromEntries([...sql.matchAll(/[:@$](\w+)/g)].map(([, name = '']) => [name, null]));
        const program = connection.handle.prepare<[object], { opcode: string; p1: number }>(`EXPLAIN ${sql}`).all(unbound);
        return program
          .filter(({ opcode }) => opcode === 'Column' || opcode === 'Rowid' || opcode === 'IdxRowid')
          .map(({ p1 }) => p1)
          .join();
      })
      .join(';');
  } catch {
    return null;
  }
}
