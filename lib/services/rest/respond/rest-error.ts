/** PostgREST's errors: `{code, message, details, hint}` with its codes and texts. */

import { Problem } from '#lib/http/problem.ts';

interface Fields {
  details?: unknown;
  hint?: string | null;
  headers?: string[];
}

export function restProblem(status: number, code: string, message: string, fields: Fields = {}): Problem {
  return new Problem({ status, code, message, ...fields });
}

export type QueryPart =
  | 'filter'
  | 'select parameter'
  | 'order'
  | 'logic tree'
  | 'columns parameter'
  | 'on_conflict parameter'
  | 'query';

/** PGRST100: a query string that does not parse. `column` is 1-based. */
export function badQuery(part: QueryPart, text: string, column: number, details: string): Problem {
  return restProblem(400, 'PGRST100', `"failed to parse ${part} (${text})" (line 1, column ${column})`, { details });
}

export function unknownTable(schema: string, name: string, suggestion: string | null): Problem {
  const hint = suggestion === null ? null : `Perhaps you meant the table '${schema}.${suggestion}'`;
  return restProblem(404, 'PGRST205', `Could not find the table '${schema}.${name}' in the schema cache`, { hint });
}

export function unknownPayloadColumn(table: string, column: string): Problem {
  return restProblem(400, 'PGRST204', `Could not find the '${column}' column of '${table}' in the schema cache`);
}

export function notEmbedded(name: string): Problem {
  return restProblem(400, 'PGRST108', `'${name}' is not an embedded resource in this request`, {
    hint: `Verify that '${name}' is included in the 'select' query parameter.`,
  });
}

export function badBody(message: string): Problem {
  return restProblem(400, 'PGRST102', message);
}

export function notSingular(rows: number): Problem {
  return restProblem(406, 'PGRST116', 'Cannot coerce the result to a single JSON object', {
    details: `The result contains ${rows} rows`,
  });
}

export function badRange(details: string, headers: string[] = []): Problem {
  return restProblem(416, 'PGRST103', 'Requested range not satisfiable', { details, headers });
}

export function noMediaType(names: readonly string[]): Problem {
  return restProblem(
    406,
    'PGRST107',
    `None of these media types are available: ${names.map((name) => name.split(';', 1)[0]).join(', ')}`,
  );
}

export function tooManyAffected(rows: number): Problem {
  return restProblem(400, 'PGRST124', 'Query result exceeds max-affected preference constraint', {
    details: `The query affects ${rows} rows`,
  });
}
