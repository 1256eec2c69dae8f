/**
 * Which rows of a table a caller may reach with a command, and what each policy says of each row: for whoever writes
 * policies. Whether a row may be reached is asked of the predicate that guards requests, so the two cannot disagree.
 */

import { z } from 'zod';
import type { Caller } from '#lib/engine/caller.ts';
import type { Catalog, Column, Command, Policy, Table } from '#lib/engine/catalog/catalog.ts';
import type { Database } from '#lib/engine/database.ts';
import { quoteName, quoteText } from '#lib/engine/plan/quote.ts';
import { applies, expressionOf, isUnwalled, type PolicyPart, toPredicate } from '#lib/engine/policies/predicate.ts';
import { columnsFor } from '#lib/engine/policies/privileges.ts';
import { wallsOf } from '#lib/engine/policies/walls.ts';
import { toParameters } from '#lib/engine/run/bind.ts';
import { tokenize } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export interface AskedPolicy {
  readonly name: string;
  readonly permissive: boolean;
  /** `select` beside another command: a row must be seen before it is changed or deleted. */
  readonly command: Command;
  readonly expression: string;
}

export interface ExplainedRow {
  /** As text or number for display; long texts are cut. */
  readonly values: readonly (string | number | null)[];
  readonly allowed: boolean;
  /** What each policy says of it, in the order of `policies`. */
  readonly verdicts: readonly boolean[];
}

export interface ExplainedAccess {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly policies: readonly AskedPolicy[];
  /** False where row-level security does not apply: it is off, or the role passes it. */
  readonly walled: boolean;
  /** Whether the role has the privilege at all; without it every request is refused. */
  readonly granted: boolean;
  /** How many rows were looked at, the first of the table, and how many of them may be reached. */
  readonly scanned: number;
  readonly allowed: number;
  /** The first of those that may be reached and of those that may not. */
  readonly rows: readonly ExplainedRow[];
}

export interface AccessQuestion {
  readonly caller: Caller;
  /** Key of a table with rows of its own. */
  readonly table: string;
  readonly command: Command;
}

const mostScanned = 10_000;
const mostShown = 50;
const mostText = 200;

/** Throws a SqlError: 42P01 for no such table, 57014 when it takes too long, whatever a policy itself raises. */
export async function explainAccess(
  database: Database,
  { caller, table: key, command }: AccessQuestion,
  timeoutMs: number,
): Promise<ExplainedAccess> {
  const { catalog } = database;
  const table = catalog.tables.get(key);
  if (table === undefined || table.kind !== 'table') {
    throw new SqlError({
      sqlstate: '42P01',
      message: `there is no table "${key}"`,
      hint: 'A view has the policies of its tables.',
    });
  }
  const asked = toAsked(catalog, table, caller.role, command);
  const sql = toSql(catalog, table, caller.role, command, asked);
  // The driver refuses values for a statement that names none.
  const named = new Set(tokenize(sql).flatMap((token) => (token.kind === 'param' ? [token.text.slice(1)] : [])));
  const used = Object.entries(toParameters(caller, null)).filter(([name]) => named.has(name));
  const answer = await database.runElsewhere(sql, Object.fromEntries(used), timeoutMs);
  const [scanned, allowed, rows] = answerSchema.parse(answer);
  return {
    columns: table.columns.map(({ name, type }) => ({ name, type: type.name })),
    policies: asked.map(({ policy, by, part }) => ({
      name: policy.name,
      permissive: policy.permissive,
      command: by,
      expression: (part === 'check' ? (policy.check ?? policy.using) : policy.using) ?? 'true',
    })),
    walled: !isUnwalled(catalog, table, caller.role),
    granted: columnsFor(catalog, table, caller.role, command) !== 'none',
    scanned,
    allowed,
    rows: rows.map(([may, verdicts, values]) => ({ allowed: may === 1, verdicts: verdicts.map((one) => one === 1), values })),
  };
}

const bit = z.union([z.literal(0), z.literal(1)]);
const rowSchema = z.tuple([bit, z.array(bit), z.array(z.union([z.string(), z.number(), z.null()]))]);
const answerSchema = z.tuple([
  z.number(),
  z.number(),
  z.string().transform((text) => z.array(rowSchema).parse(JSON.parse(text))),
]);

interface Asked {
  readonly policy: Policy;
  readonly by: Command;
  readonly part: PolicyPart;
}

/** INSERT is asked of the rows that are there: could the caller have written them? */
function toParts(command: Command): [Command, PolicyPart][] {
  if (command === 'insert') return [['insert', 'check']];
  return command === 'select'
    ? [['select', 'using']]
    : [
        [command, 'using'],
        ['select', 'using'],
      ];
}

function toAsked(catalog: Catalog, table: Table, role: string, command: Command): Asked[] {
  if (isUnwalled(catalog, table, role)) return [];
  return toParts(command).flatMap(([by, part]) =>
    table.policies.filter((policy) => applies(catalog, policy, role, by)).map((policy) => ({ policy, by, part })),
  );
}

function toSql(catalog: Catalog, table: Table, role: string, command: Command, asked: readonly Asked[]): string {
  const may = toParts(command)
    .map(([by, part]) => `(${toPredicate(catalog, table, role, by, part)})`)
    .join(' AND ');
  const verdicts = asked.map(({ policy, part }) => `(${expressionOf(policy, part)}) IS TRUE`);
  const walls = wallsOf(catalog, role);
  const read = walls.readBy([may, ...verdicts].join(' '));
  const own = quoteName(table.stored);
  const scan = `SELECT row_number() OVER () AS "~n", (${may}) IS TRUE AS "~may", json_array(${verdicts.join(', ')}) AS "~verdicts",
    json_array(${table.columns.map((column) => toShown(own, column)).join(', ')}) AS "~values"
    FROM (SELECT * FROM main.${own} LIMIT ${mostScanned}) AS ${own}`;
  const entries = [...walls.around(read).map((wall) => wall.sql), `"~scan" AS MATERIALIZED (${scan})`];
  return `WITH ${entries.join(', ')}
    SELECT (SELECT count(*) FROM "~scan"), (SELECT count(*) FROM "~scan" WHERE "~may"),
      (SELECT json_group_array(json_array("~may", json("~verdicts"), json("~values")) ORDER BY "~n") FROM
        (SELECT *, row_number() OVER (PARTITION BY "~may" ORDER BY "~n") AS "~rank" FROM "~scan") WHERE "~rank" <= ${mostShown})`;
}

/** What JSON cannot hold as it is, as text: bytes, large integers, infinities. */
function toShown(table: string, column: Column): string {
  const value = `${table}.${quoteName(column.name)}`;
  return `CASE typeof(${value})
    WHEN 'blob' THEN ${quoteText('\\x')} || hex(substr(${value}, 1, ${mostText / 2}))
    WHEN 'text' THEN substr(${value}, 1, ${mostText})
    WHEN 'integer' THEN iif(${value} BETWEEN -9007199254740991 AND 9007199254740991, ${value}, CAST(${value} AS TEXT))
    WHEN 'real' THEN iif(abs(${value}) <= 1.7976931348623157e308, ${value}, CAST(${value} AS TEXT))
    END`;
}
