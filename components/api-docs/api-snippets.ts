/** Calls of a table or a function, ready to paste. */

import type { ApiFunction, ApiTable } from '#components/api-docs/api-model.ts';

export interface ApiTarget {
  /** `<origin>/api/<ref>` */
  url: string;
  key: string;
}

export interface ApiSnippet {
  title: string;
  js: string;
  curl: string;
}

/** A value a column of that type could hold. */
export function toExample(type: string): unknown {
  if (type.endsWith('[]')) return [];
  if (/^(smallint|integer|bigint|int\d?|serial|numeric|real|double|float)/.test(type)) return 1;
  if (/^bool/.test(type)) return true;
  if (/^json/.test(type)) return {};
  if (type === 'uuid') return '00000000-0000-4000-8000-000000000001';
  if (/^timestamp/.test(type)) return '2026-01-01T12:00:00Z';
  if (type === 'date') return '2026-01-01';
  return 'text';
}

/** As JavaScript: keys bare where they may be, single quotes. */
function toJs(value: Record<string, unknown>): string {
  const entries = Object.entries(value).map(([name, one]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`;
    return `${key}: ${typeof one === 'string' ? `'${one}'` : JSON.stringify(one)}`;
  });
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function toCurl({ key }: ApiTarget, method: string, address: string, body?: Record<string, unknown>): string {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}'${address}'`, `-H 'apikey: ${key}'`];
  if (body !== undefined) {
    lines.push(`-H 'Content-Type: application/json'`);
    if (method !== 'DELETE') lines.push(`-H 'Prefer: return=representation'`);
    lines.push(`-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`);
  }
  return lines.join(' \\\n  ');
}

export function toClientSnippet({ url, key }: ApiTarget): string {
  return `import { createClient } from '@supabase/supabase-js'

const supabase = createClient(
  '${url}',
  '${key}',
)`;
}

/** `await supabase` and each step of the call on a line of its own. */
function toChain(result: string, ...steps: string[]): string {
  return [`const ${result} = await supabase`, ...steps.map((step) => `  .${step}`)].join('\n');
}

export function toTableSnippets(table: ApiTable, target: ApiTarget): ApiSnippet[] {
  const { name, columns } = table;
  const address = `${target.url}/rest/v1/${encodeURIComponent(name)}`;
  const keys = columns.filter((column) => column.isKey);
  const wanted = (keys.length > 0 ? keys : columns.slice(0, 1)).map((column) => ({
    name: column.name,
    value: toExample(column.type),
  }));
  const conditions = wanted.map(
    ({ name: key, value }) => `eq('${key}', ${typeof value === 'string' ? `'${value}'` : JSON.stringify(value)})`,
  );
  const filter = wanted
    .map(({ name: key, value }) => `${encodeURIComponent(key)}=eq.${encodeURIComponent(String(value))}`)
    .join('&');
  const required = columns.filter((column) => column.isRequired);
  const plain = columns.filter((column) => !column.isKey);
  const toRow = (some: typeof columns) => Object.fromEntries(some.map((column) => [column.name, toExample(column.type)]));
  const inserted = toRow(required.length > 0 ? required : plain.slice(0, 2));
  const updated = toRow(
    [plain.find((column) => column.isRequired) ?? plain[0] ?? columns[0]].filter((column) => column !== undefined),
  );
  const from = `from('${name}')`;
  const reads: ApiSnippet[] = [
    {
      title: 'Read rows',
      js: toChain('{ data, error }', from, 'select()', 'limit(20)'),
      curl: toCurl(target, 'GET', `${address}?select=*&limit=20`),
    },
    {
      title: 'Filter rows',
      js: toChain('{ data, error }', from, 'select()', ...conditions),
      curl: toCurl(target, 'GET', `${address}?select=*&${filter}`),
    },
  ];
  if (!table.isWritable) return reads;
  return [
    ...reads,
    {
      title: 'Insert a row',
      js: toChain('{ data, error }', from, `insert(${toJs(inserted)})`, 'select()'),
      curl: toCurl(target, 'POST', address, inserted),
    },
    {
      title: 'Update rows',
      js: toChain('{ data, error }', from, `update(${toJs(updated)})`, ...conditions, 'select()'),
      curl: toCurl(target, 'PATCH', `${address}?${filter}`, updated),
    },
    {
      title: 'Delete rows',
      js: toChain('{ error }', from, 'delete()', ...conditions),
      curl: toCurl(target, 'DELETE', `${address}?${filter}`),
    },
  ];
}

export function toFunctionSnippet(fn: ApiFunction, target: ApiTarget): ApiSnippet {
  const body = Object.fromEntries(fn.parameters.map(({ name, type }) => [name, toExample(type)]));
  return {
    title: 'Call the function',
    js: `const { data, error } = await supabase.rpc('${fn.name}'${fn.parameters.length > 0 ? `, ${toJs(body)}` : ''})`,
    curl: toCurl(target, 'POST', `${target.url}/rest/v1/rpc/${encodeURIComponent(fn.name)}`, body),
  };
}
