/** Which overload a call means: required ⊆ given ⊆ all arguments. Fails PGRST202 and PGRST203. */

import type { Catalog, SqlFunction } from '#lib/engine/catalog/catalog.ts';
import { suggest } from '#lib/services/rest/plan/suggest.ts';
import { restProblem } from '#lib/services/rest/respond/rest-error.ts';
import type { Given } from '#lib/services/rest/rpc/read-arguments-body.ts';

export interface Chosen {
  readonly fn: SqlFunction;
  /** The whole body is the one unnamed argument. */
  readonly whole: boolean;
}

export function chooseFunction(catalog: Catalog, schema: string, name: string, given: Given): Chosen {
  const overloads = (catalog.functions.get(`${schema}.${name}`) ?? []).filter(isCallable);
  const { names } = given;
  const named = names === null ? [] : overloads.filter((fn) => accepts(fn, names));
  if (named.length > 1) throw ambiguous(schema, name, named);
  if (named[0] !== undefined) return { fn: named[0], whole: false };
  const whole = overloads.filter((fn) => takesWhole(fn, given.whole));
  if (whole.length > 1) throw ambiguous(schema, name, whole);
  if (whole[0] !== undefined) return { fn: whole[0], whole: true };
  throw notFoundFunction(catalog, overloads, schema, name, given);
}

/** Arguments are passed by name; only one of a type a whole body can be may do without. */
function isCallable(fn: SqlFunction): boolean {
  if (fn.arguments.every((argument) => argument.name !== '')) return true;
  const [only] = fn.arguments;
  if (fn.arguments.length !== 1 || only === undefined || only.row !== null) return false;
  return ['json', 'jsonb', 'text', 'bytea', 'xml'].includes(only.type.name);
}

function accepts(fn: SqlFunction, names: readonly string[]): boolean {
  const known = fn.arguments.map((argument) => argument.name);
  const required = fn.arguments
    .filter((argument) => argument.default === null && !argument.variadic)
    .map((argument) => argument.name);
  return names.every((name) => known.includes(name)) && required.every((name) => names.includes(name));
}

function takesWhole(fn: SqlFunction, whole: Given['whole']): boolean {
  const [argument] = fn.arguments;
  if (fn.arguments.length !== 1 || argument === undefined || argument.name !== '' || whole === null) return false;
  const { kind, name } = argument.type;
  return whole === 'json' ? kind === 'json' : name === whole;
}

function ambiguous(schema: string, name: string, found: readonly SqlFunction[]) {
  const list = found.map(
    (fn) =>
      `${schema}.${name}(${fn.arguments.map((argument) => `${argument.name} => ${argument.row ?? argument.type.name}`).join(', ')})`,
  );
  return restProblem(300, 'PGRST203', `Could not choose the best candidate function between: ${list.join(', ')}`, {
    hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
  });
}

export function notFoundFunction(
  catalog: Catalog,
  overloads: readonly SqlFunction[],
  schema: string,
  name: string,
  given: Given,
) {
  const names = given.names ?? [];
  const qualified = `${schema}.${name}`;
  const listed = names.length === 0 ? ' without parameters' : `(${names.join(', ')})`;
  const searched =
    names.length === 0 ? ' without parameters' : ` with parameter${names.length > 1 ? 's' : ''} ${names.join(', ')}`;
  // A body that is no JSON could only be one whole argument.
  if (given.whole !== null && given.whole !== 'json')
    return restProblem(404, 'PGRST202', `Could not find the function ${qualified} in the schema cache`, {
      details: `Searched for the function ${qualified} with a single unnamed ${given.whole} parameter, but no matches were found in the schema cache.`,
    });
  const orWhole = given.whole === 'json' ? ' or with a single unnamed json/jsonb parameter' : '';
  const closest = overloads.length === 0 ? findName(catalog, schema, name) : findParameters(overloads, name, names);
  return restProblem(404, 'PGRST202', `Could not find the function ${qualified}${listed} in the schema cache`, {
    details: `Searched for the function ${qualified}${searched}${orWhole}, but no matches were found in the schema cache.`,
    hint: closest === null ? null : `Perhaps you meant to call the function ${schema}.${closest}`,
  });
}

function findName(catalog: Catalog, schema: string, name: string): string | null {
  const others = [...catalog.functions.values()].flat().filter((fn) => fn.schema === schema && isCallable(fn));
  return suggest(
    name,
    others.map((fn) => fn.name),
  );
}

/** The same name with other parameters. */
function findParameters(overloads: readonly SqlFunction[], name: string, names: readonly string[]): string | null {
  const lists = overloads.map((fn) => toList(fn.arguments.map((argument) => argument.name)));
  const closest = suggest(toList(names), lists, 0.33);
  return closest === null ? null : `${name}${closest}`;
}

function toList(names: readonly string[]): string {
  return `(${[...names].sort().join(', ')})`;
}
