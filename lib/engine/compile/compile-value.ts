/** Columns, JSON paths, casts and aggregates as SQL, each with the type it yields. */

import { compileComputed } from '#lib/engine/compile/compile-call.ts';
import { compileBody } from '#lib/engine/compile/compile-select.ts';
import type { Emitter } from '#lib/engine/compile/statement.ts';
import type { PathStep, Value } from '#lib/engine/plan/plan.ts';
import { quoteName, quoteText } from '#lib/engine/plan/quote.ts';
import { castExpression } from '#lib/engine/types/cast.ts';
import { parseType } from '#lib/engine/types/declared-type.ts';
import { averageExpression, sumExpression } from '#lib/engine/types/json-expression.ts';
import type { SemanticType } from '#lib/engine/types/semantic-type.ts';

export interface TypedSql {
  readonly sql: string;
  readonly type: SemanticType;
}

const text = parseType('text', new Map());
const json = parseType('json', new Map());
const bigint = parseType('bigint', new Map());
const numeric = parseType('numeric', new Map());
const double = parseType('double precision', new Map());

export function compileValue(value: Value, emitter: Emitter): TypedSql {
  switch (value.kind) {
    case 'column':
      return { sql: `${quoteName(value.alias)}.${quoteName(value.column.name)}`, type: value.column.type };
    case 'path':
      return compilePath(compileValue(value.base, emitter), value.steps);
    case 'cast': {
      const from = compileValue(value.value, emitter);
      return castExpression(from.type, value.to, from.sql);
    }
    case 'aggregate':
      return compileAggregate(value, emitter);
    case 'computed':
      return compileComputed(value, emitter);
    case 'embedded': {
      const { embed } = value;
      const inner = compileValue(value.value, emitter);
      return {
        sql: `(SELECT ${inner.sql} ${compileBody({ ...embed.plan, order: [], limit: null, offset: null }, emitter, embed.link)} LIMIT 1)`,
        type: inner.type,
      };
    }
  }
}

/**
 * A path into JSON. Total: text that is no JSON yields NULL instead of an error, so that it may stand beside a wall.
 * SQLite's `->>` prints booleans as 1 and 0 where PostgreSQL prints their names.
 */
function compilePath(base: TypedSql, steps: readonly PathStep[]): TypedSql {
  const path = quoteText(`$${steps.map(toPathStep).join('')}`);
  const asText = steps.at(-1)?.asText ?? false;
  const source = base.sql;
  if (!asText) return { sql: `CASE WHEN json_valid(${source}) THEN ${source} -> ${path} END`, type: json };
  const plain = `CASE json_type(${source}, ${path}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(${source} ->> ${path} AS TEXT) END`;
  return { sql: `CASE WHEN json_valid(${source}) THEN ${plain} END`, type: text };
}

function toPathStep(step: PathStep): string {
  if (typeof step.key === 'number') return step.key < 0 ? `[#${step.key}]` : `[${step.key}]`;
  return `.${JSON.stringify(step.key)}`;
}

function compileAggregate(value: Extract<Value, { kind: 'aggregate' }>, emitter: Emitter): TypedSql {
  if (value.value === null) return { sql: 'count(*)', type: bigint };
  const inner = compileValue(value.value, emitter);
  const { kind } = inner.type;
  switch (value.name) {
    case 'count':
      return { sql: `count(${inner.sql})`, type: bigint };
    case 'avg':
      return { sql: averageExpression(inner.type, inner.sql), type: kind === 'float' ? double : numeric };
    case 'sum':
      return {
        sql: sumExpression(inner.type, inner.sql),
        type: kind === 'float' ? double : kind === 'integer' ? bigint : numeric,
      };
    case 'min':
    case 'max':
      return { sql: `${value.name}(${inner.sql})`, type: inner.type };
  }
}
