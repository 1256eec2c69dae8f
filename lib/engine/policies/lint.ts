/** What is sound SQL but unsafe as access rules: notices for the dashboard and the command line, never errors. */

import type { Catalog, Policy, Table } from '#lib/engine/catalog/catalog.ts';
import { addOwnerPolicy, enableRls, invokeView, narrowToOwner, readAppMetadata } from '#lib/engine/policies/mend.ts';
import { isTrivia, tokenize } from '#lib/engine/sql/tokenize.ts';

export interface PolicyNotice {
  readonly rule: 'user-metadata' | 'rls-off' | 'no-policy' | 'restrictive-only' | 'always-true' | 'definer-view';
  readonly level: 'error' | 'warning' | 'info';
  /** `schema.table`. */
  readonly table: string;
  readonly policy: string | null;
  readonly message: string;
  readonly hint: string;
  /** What mends it when run as the operator; null where a person has to decide. */
  readonly sql: string | null;
}

export function lintPolicies(catalog: Catalog): PolicyNotice[] {
  return [...catalog.tables.values()].filter((table) => !table.stored.startsWith('_koyalite_')).flatMap(lintTable);
}

function lintTable(table: Table): PolicyNotice[] {
  const note = (fields: Omit<PolicyNotice, 'table' | 'policy'>, policy: Policy | null = null): PolicyNotice => ({
    ...fields,
    table: table.key,
    policy: policy?.name ?? null,
  });
  if (table.view !== null) {
    if (table.view.securityInvoker) return [];
    const message = `The view ${table.key} reads with its owner's rights: whoever may select from it sees every row.`;
    return [
      note({
        rule: 'definer-view',
        level: 'warning',
        message,
        hint: 'Create it WITH (security_invoker = true).',
        sql: invokeView(table),
      }),
    ];
  }
  const notices: PolicyNotice[] = [];
  if (!table.rls) {
    const message = `Row-level security is off on ${table.key}: every key may do all it is granted.`;
    const hint = `ALTER TABLE ${table.key} ENABLE ROW LEVEL SECURITY;`;
    notices.push(note({ rule: 'rls-off', level: 'error', message, hint, sql: enableRls(table) }));
  } else if (table.policies.length === 0) {
    const message = `${table.key} has no policy: only the service role sees its rows.`;
    notices.push(
      note({
        rule: 'no-policy',
        level: 'info',
        message,
        hint: 'Create a policy when apps should reach it.',
        sql: addOwnerPolicy(table),
      }),
    );
  } else if (table.policies.every((policy) => !policy.permissive)) {
    const message = `${table.key} has restrictive policies only: they narrow what permissive ones admit, and there is none.`;
    notices.push(
      note({ rule: 'restrictive-only', level: 'warning', message, hint: 'Add a permissive policy.', sql: addOwnerPolicy(table) }),
    );
  }
  for (const policy of table.policies) {
    if (readsUserMetadata(policy)) {
      const message = `Policy ${policy.name} on ${table.key} trusts user_metadata, which every user writes himself.`;
      const hint = 'Keep what grants access in app_metadata.';
      notices.push(note({ rule: 'user-metadata', level: 'error', message, hint, sql: readAppMetadata(table, policy) }, policy));
    }
    if (writesFreely(policy)) {
      const message = `Policy ${policy.name} on ${table.key} lets everybody it is for write every row.`;
      const hint = 'Compare a column with auth.uid().';
      notices.push(note({ rule: 'always-true', level: 'warning', message, hint, sql: narrowToOwner(table, policy) }, policy));
    }
  }
  return notices;
}

/** Named in whatever way: `-> 'user_metadata'`, `#>> '{user_metadata,role}'`, a column of auth.users. */
function readsUserMetadata(policy: Policy): boolean {
  return [policy.using, policy.check].some((sql) => {
    if (sql === null) return false;
    const code = tokenize(sql).filter((token) => !isTrivia(token));
    return code.some((token) => /\b(?:user_metadata|raw_user_meta_data)\b/i.test(token.text));
  });
}

/** A permissive policy for writing whose expression is a bare `true`; reading everything is often meant. */
function writesFreely(policy: Policy): boolean {
  if (!policy.permissive || policy.command === 'select') return false;
  const written = policy.check ?? policy.using;
  return written !== null && /^\s*\(*\s*true\s*\)*\s*$/i.test(written);
}
