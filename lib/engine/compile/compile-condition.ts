/** Filters as SQL. Everything written here is total: it cannot raise on any row, so it may stand beside a flattened wall. */

import { compileContainment, compileTextMatch } from '#lib/engine/compile/compile-operator.ts';
import { compileExists } from '#lib/engine/compile/compile-select.ts';
import { compileValue, type TypedSql } from '#lib/engine/compile/compile-value.ts';
import type { Emitter, Encode } from '#lib/engine/compile/statement.ts';
import type { Condition, FilterOperator, RequestValue } from '#lib/engine/plan/plan.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import { encodeText } from '#lib/engine/types/encode.ts';
import { compareExpression, orderExpression } from '#lib/engine/types/json-expression.ts';
import type { SemanticType, SqlValue } from '#lib/engine/types/semantic-type.ts';

type Compare = Extract<Condition, { kind: 'compare' }>;

export function compileCondition(condition: Condition, emitter: Emitter): string {
  switch (condition.kind) {
    case 'constant':
      return condition.value ? '1' : '0';
    case 'and':
    case 'or':
      return compileList(condition.items, condition.kind, emitter);
    case 'not':
      return `NOT (${compileCondition(condition.item, emitter)})`;
    case 'exists':
      return compileExists(condition.link, condition.plan, emitter);
    case 'is':
      return compileIs(compileValue(condition.value, emitter).sql, condition.test);
    case 'in': {
      const value = compileValue(condition.value, emitter);
      const list = emitter.bind(condition.list, listEncoder(value.type));
      return `${compareExpression(value.type, value.sql)} IN (SELECT ${compareExpression(value.type, 'value')} FROM json_each(${list}))`;
    }
    case 'compare':
      return compileCompare(condition, compileValue(condition.value, emitter), emitter);
  }
}

function compileList(items: readonly Condition[], kind: 'and' | 'or', emitter: Emitter): string {
  const [first, ...rest] = items;
  if (first === undefined) return kind === 'and' ? '1' : '0';
  const head = compileCondition(first, emitter);
  if (rest.length === 0) return head;
  const joiner = kind === 'and' ? ' AND ' : ' OR ';
  return `(${[head, ...rest.map((item) => compileCondition(item, emitter))].join(joiner)})`;
}

function compileIs(sql: string, test: Extract<Condition, { kind: 'is' }>['test']): string {
  switch (test) {
    case 'null':
    case 'unknown':
      return `${sql} IS NULL`;
    case 'not_null':
      return `${sql} IS NOT NULL`;
    case 'true':
      return `${sql} IS TRUE`;
    case 'false':
      return `${sql} IS FALSE`;
  }
}

const comparisons: Partial<Record<FilterOperator, string>> = { eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' };

function compileCompare(condition: Compare, value: TypedSql, emitter: Emitter): string {
  if (condition.quantifier !== null) return compileQuantified(condition, emitter);
  const { operator, operand } = condition;
  const comparison = comparisons[operator];
  if (comparison !== undefined || operator === 'isdistinct') {
    const bound = emitter.bind(operand, textEncoder(value.type));
    // The plus keeps SQLite from re-preparing the statement for every value (it would, once ANALYZE has run).
    // Equality may use the stored form, and so an index; only an order needs the type's own.
    const key =
      operator === 'gt' || operator === 'gte' || operator === 'lt' || operator === 'lte' ? orderExpression : compareExpression;
    return `${key(value.type, value.sql)} ${comparison ?? 'IS NOT'} ${key(value.type, `+${bound}`)}`;
  }
  return compileTextMatch(condition, value, emitter) ?? compileContainment(condition, value, emitter);
}

/** `op(any).{a,b}` and `op(all).{a,b}`: the comparison repeated for each element. */
function compileQuantified(condition: Compare, emitter: Emitter): string {
  if (condition.operand.kind !== 'text' || typeof condition.operand.text === 'string') {
    throw new SqlError({ sqlstate: '22P02', message: 'malformed array literal' });
  }
  const items = condition.operand.text.map(
    (text): Condition => ({
      ...condition,
      operand: { kind: 'text', text },
      quantifier: null,
    }),
  );
  return compileList(items, condition.quantifier === 'any' ? 'or' : 'and', emitter);
}

const encoders = new WeakMap<SemanticType, { text: Encode; list: Encode }>();

function encodersOf(type: SemanticType): { text: Encode; list: Encode } {
  const known = encoders.get(type);
  if (known !== undefined) return known;
  const made = {
    text: (value: RequestValue) => encodeText(type, typeof value === 'string' ? value : `{${value.join(',')}}`),
    list: (value: RequestValue) =>
      toJsonList((typeof value === 'string' ? [value] : value).map((item) => encodeText(type, item))),
  };
  encoders.set(type, made);
  return made;
}

/** One encoder per type, so that equal operands share one parameter. */
export function textEncoder(type: SemanticType): Encode {
  return encodersOf(type).text;
}

export function listEncoder(type: SemanticType): Encode {
  return encodersOf(type).list;
}

/** Integers beyond 2^53 keep their digits: JSON has no limit, only JavaScript does. */
function toJsonList(values: readonly SqlValue[]): string {
  return `[${values.map((value) => (typeof value === 'bigint' ? value.toString() : JSON.stringify(value))).join(',')}]`;
}
