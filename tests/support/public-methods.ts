/** Which methods an installed package offers: those of its objects, less those its declarations call private. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '../../node_modules/@supabase');

/** Class → what its declaration marks `private` or `protected`. */
export type Hidden = ReadonlyMap<string, ReadonlySet<string>>;

export function readHidden(...folders: readonly string[]): Hidden {
  const hidden = new Map<string, Set<string>>();
  for (const folder of folders) {
    for (const file of readdirSync(join(packages, folder), { recursive: true, encoding: 'utf8' })) {
      if (/\.d\.m?ts$/.test(file)) addHidden(hidden, readFileSync(join(packages, folder, file), 'utf8'));
    }
  }
  return hidden;
}

function addHidden(hidden: Map<string, Set<string>>, declarations: string): void {
  let members = new Set<string>();
  for (const line of declarations.split('\n')) {
    const name = /^(?:export )?(?:default )?(?:declare )?(?:abstract )?class (\w+)/.exec(line)?.[1];
    if (name !== undefined) {
      members = hidden.get(name) ?? new Set();
      hidden.set(name, members);
    }
    const member = /^\s+(?:private|protected) (?:static |readonly |get |set )*(\w+)/.exec(line)?.[1];
    if (member !== undefined) members.add(member);
  }
}

/** The public methods of an object: its classes' and its own, each name once. `fetch` is an option that some keep, no method. */
export function publicMethods(value: object, hidden: Hidden): string[] {
  const names = new Set<string>();
  const secret = new Set<string>();
  for (let part: object | null = value; part !== null && part !== Object.prototype; part = Object.getPrototypeOf(part)) {
    for (const name of hidden.get(part.constructor.name) ?? []) secret.add(name);
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(part)))
      if (name !== 'constructor' && typeof property.value === 'function') names.add(name);
  }
  return [...names].filter((name) => !secret.has(name) && !name.startsWith('_') && name !== 'fetch').sort();
}
