/** Function calls whose PostgreSQL form has another shape in SQLite. */

import { isSettable } from '#lib/engine/settings.ts';
import { quoteName } from '#lib/engine/sql/quote.ts';
import { constantCalls, renamedCalls, settings } from '#lib/engine/sql/rewrite/builtin-expressions.ts';
import { literalValue } from '#lib/engine/sql/rewrite/literal-value.ts';
import { isGroup, isOperator, type Node, splitAtCommas, wordOf } from '#lib/engine/sql/rewrite/tree.ts';

/** How a call's arguments become SQL: `rewriteSql` of a list of nodes. */
export type RenderNodes = (nodes: readonly Node[]) => string;

const extractFormats: Readonly<Record<string, string>> = {
  year: '%Y',
  month: '%m',
  day: '%d',
  hour: '%H',
  minute: '%M',
  dow: '%w',
  isodow: '%u',
  doy: '%j',
  week: '%V',
  isoyear: '%G',
};
const truncations: Readonly<Record<string, string>> = {
  year: '%Y-01-01T00:00:00',
  month: '%Y-%m-01T00:00:00',
  day: '%Y-%m-%dT00:00:00',
  hour: '%Y-%m-%dT%H:00:00',
  minute: '%Y-%m-%dT%H:%M:00',
  second: '%Y-%m-%dT%H:%M:%S',
};

/** Null when SQLite's own reading of the call is right. `name` is lower case, `schema.name` outside public. */
export function rewriteCall(name: string, nodes: readonly Node[], render: RenderNodes, builtinsOnly: boolean): string | null {
  const constant = own(constantCalls, name);
  if (constant !== null && nodes.length === 0) return constant;
  const parts = splitAtCommas(nodes);
  const [first = [], second = []] = parts;
  switch (name) {
    case 'current_setting':
      return rewriteSetting(literalValue(first));
    case 'auth.has_role':
    case 'auth.has_permission': {
      const claim = name === 'auth.has_role' ? 'roles' : 'permissions';
      return `(${render(nodes)} IN (SELECT value FROM json_each(:auth_jwt, '$.app_metadata.${claim}')))`;
    }
    case 'nullif':
      return findClaim(parts);
    case 'timezone':
      return parts.length === 2 ? render(second) : null;
    case 'extract': {
      const from = nodes.findIndex((node) => wordOf(node) === 'from');
      const field = wordOf(nodes[0]) ?? literalValue(nodes.slice(0, 1));
      return from === 1 && field !== null
        ? (rewriteDifference(field, nodes.slice(2), render) ?? rewriteExtract(field, render(nodes.slice(2))))
        : null;
    }
    case 'date_part': {
      const field = literalValue(first);
      return field === null ? null : rewriteExtract(field, render(second));
    }
    case 'date_trunc': {
      const format = own(truncations, literalValue(first) ?? '');
      return format === null ? null : `(strftime('${format}', ${render(second)}) || '+00:00')`;
    }
    case 'position': {
      const at = nodes.findIndex((node) => wordOf(node) === 'in');
      return at === -1 ? null : `instr(${render(nodes.slice(at + 1))}, ${render(nodes.slice(0, at))})`;
    }
    case 'substring':
      return rewriteSubstring(nodes, render);
    case 'trim':
      return rewriteTrim(nodes, render);
    case 'left':
      return `substr(${render(first)}, 1, ${render(second)})`;
    case 'right':
      return `substr(${render(first)}, -(${render(second)}))`;
    case 'array_length':
      return `nullif(json_array_length(${render(first)}), 0)`;
    case 'jsonb_typeof':
    case 'json_typeof':
      return (
        `(CASE json_type(${render(first)}) WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number'` +
        ` WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' ELSE json_type(${render(first)}) END)`
      );
    case 'age':
      return parts.length === 1 ? `age(date('now'), ${render(first)})` : null;
    case 'greatest':
    case 'least': {
      const pick = name === 'greatest' ? 'max' : 'min';
      // Scalar max() is NULL when any argument is; PostgreSQL's GREATEST passes over NULLs.
      if (builtinsOnly) return `${pick}(${parts.map(render).join(',')})`;
      return `(SELECT ${pick}(column1) FROM (VALUES ${parts.map((part) => `(${render(part)})`).join(', ')}))`;
    }
  }
  const renamed = own(renamedCalls, name);
  return renamed === null ? null : `${renamed}(${render(nodes)})`;
}

/**
 * `nullif(':auth_uid', ':auth_uid')` is how a stored view keeps a claim: NULL where SQLite reads the view by itself, the
 * bound value wherever the view's query is put in its place.
 */
export function toStoredClaim(parameter: string): string {
  return `nullif('${parameter}', '${parameter}')`;
}

function findClaim(parts: readonly (readonly Node[])[]): string | null {
  const [first, second] = parts.map(literalValue);
  return first !== undefined && first !== null && first === second && /^:[a-z_]+$/.test(first) ? first : null;
}

/** A function in FROM that gives rows: `unnest(a) AS x`, `generate_series(1, 3)`. Its column is called `column`. */
export function rewriteTableFunction(name: string, nodes: readonly Node[], column: string, render: RenderNodes): string | null {
  const label = quoteName(column);
  switch (name) {
    case 'unnest':
    case 'jsonb_array_elements':
    case 'jsonb_array_elements_text':
    case 'json_array_elements':
    case 'json_array_elements_text':
      return `(SELECT value AS ${label} FROM json_each(${render(nodes)}))`;
    case 'jsonb_object_keys':
    case 'json_object_keys':
      return `(SELECT key AS ${label} FROM json_each(${render(nodes)}))`;
    case 'generate_series': {
      const [start = [], stop = [], step = []] = splitAtCommas(nodes);
      const by = step.length === 0 ? '1' : render(step);
      return (
        `(WITH RECURSIVE "~series"(n) AS (SELECT ${render(start)} WHERE ${render(start)} <= ${render(stop)} UNION ALL` +
        ` SELECT n + (${by}) FROM "~series" WHERE n + (${by}) <= ${render(stop)}) SELECT n AS ${label} FROM "~series")`
      );
    }
    default:
      return null;
  }
}

function rewriteSetting(setting: string | null): string {
  if (setting === null) return 'NULL';
  const claim = /^request\.jwt\.claim\.([\w-]+)$/.exec(setting)?.[1];
  if (claim === 'sub') return ':auth_uid';
  if (claim === 'role') return ':auth_role';
  if (claim !== undefined) return `(:auth_jwt ->> '${claim}')`;
  const header = /^request\.header\.([\w-]+)$/.exec(setting)?.[1];
  if (header !== undefined) return `(:request_headers ->> '${header}')`;
  const name = setting.toLowerCase();
  return own(settings, name) ?? (isSettable(name) ? `(:request_settings ->> '${name}')` : 'NULL');
}

function rewriteExtract(field: string, value: string): string | null {
  const name = field.toLowerCase();
  if (name === 'epoch') return `unixepoch(${value}, 'subsec')`;
  if (name === 'second') return `CAST(strftime('%f', ${value}) AS REAL)`;
  if (name === 'quarter') return `((CAST(strftime('%m', ${value}) AS INTEGER) + 2) / 3)`;
  const format = own(extractFormats, name);
  return format === null ? null : `CAST(strftime('${format}', ${value}) AS INTEGER)`;
}

/** `extract(epoch from a - b)` of two moments: there is no interval type to subtract into. */
function rewriteDifference(field: string, nodes: readonly Node[], render: RenderNodes): string | null {
  const [only] = nodes;
  const inner = nodes.length === 1 && isGroup(only, '(') ? only.children : nodes;
  const minus = inner.findIndex((node) => isOperator(node, '-'));
  if (minus < 1 || inner.some((node) => wordOf(node) === 'interval')) return null;
  const [later, earlier] = [render(inner.slice(0, minus)).trim(), render(inner.slice(minus + 1)).trim()];
  if (field.toLowerCase() === 'epoch') return `(unixepoch(${later}, 'subsec') - unixepoch(${earlier}, 'subsec'))`;
  return field.toLowerCase() === 'day' ? `CAST(julianday(${later}) - julianday(${earlier}) AS INTEGER)` : null;
}

function rewriteSubstring(nodes: readonly Node[], render: RenderNodes): string | null {
  const from = nodes.findIndex((node) => wordOf(node) === 'from');
  if (from === -1) return `substr(${render(nodes)})`;
  const length = nodes.findIndex((node) => wordOf(node) === 'for');
  const text = render(nodes.slice(0, from));
  if (length === -1) return `substr(${text}, ${render(nodes.slice(from + 1))})`;
  return `substr(${text}, ${render(nodes.slice(from + 1, length))}, ${render(nodes.slice(length + 1))})`;
}

function rewriteTrim(nodes: readonly Node[], render: RenderNodes): string | null {
  const from = nodes.findIndex((node) => wordOf(node) === 'from');
  if (from === -1) return null;
  const side = wordOf(nodes[0]);
  const called = side === 'leading' ? 'ltrim' : side === 'trailing' ? 'rtrim' : 'trim';
  const characters = nodes.slice(side === 'leading' || side === 'trailing' || side === 'both' ? 1 : 0, from);
  const text = render(nodes.slice(from + 1));
  return characters.length === 0 ? `${called}(${text})` : `${called}(${text}, ${render(characters)})`;
}

function own(table: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}

/** True when these nodes are a query: they may stand inside parentheses as a sub-select. */
export function isQuery(nodes: readonly Node[]): boolean {
  const first = nodes[0];
  if (isGroup(first, '(')) return isQuery(first.children);
  const word = wordOf(first);
  if (word === 'table') return nodes[1]?.type === 'leaf' && /^(?:word|quoted)$/.test(nodes[1].token.kind);
  return (word === 'select' || word === 'with' || word === 'values') && !isOperator(nodes[1], ',');
}
