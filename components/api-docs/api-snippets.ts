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

const supabase = createClient('${url}', '${key}')`;
}

export function toTableSnippets(table: ApiTable, target: ApiTarget): ApiSnippet[] {
  const { name, columns } = table;
  const address = `${target.url}/rest/v1/${encodeURIComponent(name)}`;
  const key = columns.find((column) => column.isKey) ?? columns[0];
  const id = key ? toExample(key.type) : 1;
  const keyName = key?.name ?? 'id';
  const quoted = typeof id === 'string' ? `'${id}'` : JSON.stringify(id);
  const filter = `${encodeURIComponent(keyName)}=eq.${encodeURIComponent(String(id))}`;
  const plain = columns.filter((column) => !column.isKey);
  const required = plain.filter((column) => column.isRequired);
  const toRow = (some: typeof columns) => Object.fromEntries(some.map((column) => [column.name, toExample(column.type)]));
  const inserted = toRow(required.length > 0 ? required : plain.slice(0, 2));
  const updated = toRow((required.length > 0 ? required : plain).slice(0, 1));
  const from = `await supabase.from('${name}')`;
  const reads: ApiSnippet[] = [
    {
      title: 'Read rows',
      js: `const { data, error } = ${from}.select().limit(20)`,
      curl: toCurl(target, 'GET', `${address}?select=*&limit=20`),
    },
    {
      title: 'Filter rows',
      js: `const { data, error } = ${from}.select().eq('${keyName}', ${quoted})`,
      curl: toCurl(target, 'GET', `${address}?select=*&${filter}`),
    },
  ];
  if (!table.isWritable) return reads;
  return [
    ...reads,
    {
      title: 'Insert a row',
      js: `const { data, error } = ${from}.insert(${toJs(inserted)}).select()`,
      curl: toCurl(target, 'POST', address, inserted),
    },
    {
      title: 'Update rows',
      js: `const { data, error } = ${from}.update(${toJs(updated)}).eq('${keyName}', ${quoted}).select()`,
      curl: toCurl(target, 'PATCH', `${address}?${filter}`, updated),
    },
    {
      title: 'Delete rows',
      js: `const { error } = ${from}.delete().eq('${keyName}', ${quoted})`,
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
