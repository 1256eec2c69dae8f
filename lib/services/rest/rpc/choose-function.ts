/** Which overload a call means: required ⊆ given ⊆ all arguments. Fails PGRST202 and PGRST203. */

import type { Catalog, SqlFunction } from '#lib/engine/catalog/catalog.ts';
import { suggest } from '#lib/services/rest/plan/suggest.ts';
import { restProblem } from '#lib/services/rest/respond/rest-error.ts';

export interface Given {
  /** Names of the arguments in the request; null when the body is no object of arguments. */
  readonly names: readonly string[] | null;
  /** What an unnamed single argument could take: the body's kind. */
  readonly whole: 'json' | 'text' | 'bytea' | 'xml' | null;
}

export interface Chosen {
  readonly fn: SqlFunction;
  /** The whole body is the one unnamed argument. */
  readonly whole: boolean;
}

export function chooseFunction(catalog: Catalog, schema: string, name: string, given: Given): Chosen {
  const overloads = catalog.functions.get(`${schema}.${name}`) ?? [];
  const names = given.names;
  const named = names === null ? [] : overloads.filter((fn) => accepts(fn, names));
  const [only] = named;
  if (only !== undefined && named.length === 1) return { fn: only, whole: false };
  if (named.length > 1) throw ambiguous(schema, name, named);
  const whole = overloads.filter((fn) => takesWhole(fn, given.whole));
  const [single] = whole;
  if (single !== undefined) return { fn: single, whole: true };
  throw notFound(catalog, schema, name, names ?? []);
}

function accepts(fn: SqlFunction, names: readonly string[]): boolean {
  if (fn.arguments.some((argument) => argument.row !== null)) return false;
  const known = fn.arguments.map((argument) => argument.name);
  if (fn.arguments.length > 0 && known.every((name) => name === '')) return false;
  const required = fn.arguments.filter((argument) => argument.default === null && !argument.variadic).map((argument) => argument.name);
  return names.every((name) => known.includes(name)) && required.every((name) => names.includes(name));
}

function takesWhole(fn: SqlFunction, whole: Given['whole']): boolean {
  const [argument] = fn.arguments;
  if (fn.arguments.length !== 1 || argument === undefined || argument.name !== '' || whole === null) return false;
  const { kind, name } = argument.type;
  if (whole === 'json') return kind === 'json';
  return whole === 'bytea' ? kind === 'bytea' : whole === 'text' ? kind === 'text' : name === 'xml';
}

function ambiguous(schema: string, name: string, found: readonly SqlFunction[]) {
  const list = found.map((fn) => `${schema}.${name}(${fn.arguments.map((argument) => `${argument.name} => ${argument.type.name}`).join(', ')})`);
  return restProblem(300, 'PGRST203', `Could not choose the best candidate function between: ${list.join(', ')}`, {
    hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
  });
}

function notFound(catalog: Catalog, schema: string, name: string, names: readonly string[]) {
  const called = names.length === 0 ? `${schema}.${name} without parameters` : `${schema}.${name}(${names.join(', ')})`;
  const searched =
    names.length === 0
      ? `${schema}.${name} without parameters`
      : `${schema}.${name} with parameter${names.length > 1 ? 's' : ''} ${names.join(', ')}`;
  return restProblem(404, 'PGRST202', `Could not find the function ${called} in the schema cache`, {
    details: `Searched for the function ${searched} or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.`,
    hint: hintFor(catalog, schema, name, names),
  });
}

/** Another name, or the same name with other parameters. */
function hintFor(catalog: Catalog, schema: string, name: string, names: readonly string[]): string | null {
  const overloads = catalog.functions.get(`${schema}.${name}`);
  if (overloads === undefined) {
    const others = [...catalog.functions.keys()].filter((key) => key.startsWith(`${schema}.`)).map((key) => key.slice(schema.length + 1));
    const closest = suggest(name, others);
    return closest === null ? null : `Perhaps you meant to call the function ${schema}.${closest}`;
  }
  const lists = overloads.map((fn) => fn.arguments.map((argument) => argument.name).join(', '));
  const closest = suggest(names.join(', '), lists, 0.33);
  if (closest === null) return null;
  return `Perhaps you meant to call the function ${schema}.${name}${closest === '' ? '' : `(${closest})`}`;
}
