/** Domains: a type under a name, with checks that every column of it carries. */

import { z } from 'zod';
import type { CachingConnection } from '#lib/engine/connection.ts';
import type { QualifiedName } from '#lib/engine/sql/cursor.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import type { ColumnDefinition, UnnamedConstraint } from '#lib/engine/sql/table-definition.ts';
import { isTrivia, tokenize } from '#lib/engine/sql/tokenize.ts';

export interface Domain {
  /** The type beneath, never a domain itself. */
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  /** Expressions over VALUE. */
  readonly checks: readonly string[];
}

const checksSchema = z.array(z.string());

/** By `name` in public and by `schema.name` elsewhere. */
export function readDomains(connection: CachingConnection): Map<string, Domain> {
  return new Map(
    connection.all('SELECT schema_name, name, type, not_null, default_sql, checks FROM main._koyalite_domains').map((row) => [
      toTypeKey({ schema: String(row.schema_name), name: String(row.name) }),
      {
        type: String(row.type),
        notNull: row.not_null === 1,
        default: typeof row.default_sql === 'string' ? row.default_sql : null,
        checks: checksSchema.parse(JSON.parse(String(row.checks))),
      },
    ]),
  );
}

export function toTypeKey(name: QualifiedName): string {
  return name.schema === 'public' ? name.name : `${name.schema}.${name.name}`;
}

/** The domain a type's text names, in any case as a bare name is read. */
export function findDomain(domains: ReadonlyMap<string, Domain>, typeText: string): [string, Domain] | null {
  for (const name of [typeText, typeText.toLowerCase()]) {
    const domain = domains.get(name);
    if (domain !== undefined) return [name, domain];
  }
  return null;
}

/** The column with its domain's type, default and NOT NULL, and the checks to put on it; any other column as it is. */
export function expandDomain(
  domains: ReadonlyMap<string, Domain>,
  column: ColumnDefinition,
): { column: ColumnDefinition; checks: UnnamedConstraint[] } {
  const found = findDomain(domains, column.typeText);
  if (found === null) return { column, checks: [] };
  const [name, domain] = found;
  return {
    column: {
      ...column,
      domain: name,
      typeText: domain.type,
      notNull: column.notNull || domain.notNull,
      default: column.default ?? domain.default,
    },
    checks: domain.checks.map((check) => ({
      name: null,
      kind: 'check',
      columns: [column.name],
      references: null,
      expression: toColumnCheck(check, column.name),
    })),
  };
}

function toColumnCheck(check: string, column: string): string {
  const tokens = tokenize(check);
  const significant = tokens.filter((token) => !isTrivia(token));
  return tokens
    .map((token) => {
      if (token.kind !== 'word' || token.text.toLowerCase() !== 'value') return token.text;
      const at = significant.indexOf(token);
      return significant[at - 1]?.text === '.' || significant[at + 1]?.text === '(' ? token.text : quoteName(column);
    })
    .join('');
}
