/** Refs: the name of an environment in URLs, host names and paths. */

import { Problem } from '#lib/http/problem.ts';

/** Host names and paths of our own that a project must not shadow. */
const reserved = new Set(
  'admin api app auth dashboard docs favicon functions graphql health internal live metrics new platform projects ready realtime rest settings sign-in static status storage studio system well-known www'.split(
    ' ',
  ),
);

/** A project's ref, as given. 400 when it could not be a host label or is reserved. */
export function parseProjectRef(text: string): string {
  if (!/^[a-z][a-z0-9-]{1,40}$/.test(text) || text.endsWith('-') || text.includes('--')) {
    throw new Problem({
      status: 400,
      code: 'invalid_ref',
      message: `"${text.slice(0, 60)}" cannot be a ref.`,
      hint: 'Two to 41 lower-case letters, digits and single dashes, starting with a letter.',
    });
  }
  if (reserved.has(text)) throw new Problem({ status: 400, code: 'reserved_ref', message: `"${text}" is reserved.` });
  return text;
}

/** The ref a name suggests: `My Shop!` → `my-shop`. 400 when nothing of the name can stay. */
export function toProjectRef(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return parseProjectRef(
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+/, '')
      .slice(0, 32)
      .replace(/-+$/, ''),
  );
}

/** The ref of a project's further environment: `shop` and `PR 42` → `shop-pr-42`. 400 when nothing of the name can stay. */
export function toEnvironmentRef(projectRef: string, name: string): string {
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 20)
    .replace(/-+$/, '');
  if (label !== '') return `${projectRef}-${label}`;
  throw new Problem({
    status: 400,
    code: 'invalid_environment_name',
    message: `"${name.slice(0, 60)}" cannot name an environment.`,
    hint: 'The name needs at least one letter from a to z or digit.',
  });
}
