/** Which room a file belongs to, and where an import specifier leads: the vocabulary of the import rules. */

import { posix } from 'node:path';

export type Room =
  | 'http'
  | 'config'
  | 'remember'
  | 'identity'
  | 'ports'
  | 'engine'
  | `services/${string}`
  | 'api'
  | 'control'
  | 'platform'
  | 'host'
  | 'route'
  | 'dashboard'
  | 'emails'
  | 'functions-runtime'
  | 'client'
  | 'cli'
  | 'prisma'
  | 'examples'
  | 'tests'
  | 'script'
  | 'unknown';

const rules: readonly [RegExp, Room | ((match: RegExpMatchArray) => Room)][] = [
  [/^lib\/(http|identity|ports|engine|api|control)\//, (match) => match[1] as Room],
  [/^lib\/services\/([^/]+)\//, (match) => `services/${match[1]}`],
  [/^lib\/(config|remember|platform)(\.test)?\.ts$/, (match) => match[1] as Room],
  [/^(server|instrumentation)\.ts$/, 'host'],
  [/^app\/.*\[\[?\.\.\.[^/]+\]\/route\.ts$/, 'route'],
  // The route file's way to the platform without bundling it, shared with instrumentation.ts.
  [/^app\/api\/load-platform\.ts$/, 'route'],
  [/^(app|components)\//, 'dashboard'],
  [/^emails\//, 'emails'],
  [/^functions-runtime\//, 'functions-runtime'],
  [/^packages\/(client|cli)(\/|$)/, (match) => match[1] as Room],
  [/^prisma\//, 'prisma'],
  // Apps as a user would write them: packages only.
  [/^examples\//, 'examples'],
  [/^tests\//, 'tests'],
  [/^(scripts\/.*|[^/]+\.config)\.ts$|^playwright\.[^/]*ts$/, 'script'],
];

/** `unknown` for a TypeScript file in no room of the architecture. */
export function toRoom(path: string): Room {
  for (const [pattern, room] of rules) {
    const match = path.match(pattern);
    if (match) return typeof room === 'function' ? room(match) : room;
  }
  return 'unknown';
}

export const isTest = (path: string): boolean => path.startsWith('tests/') || /\.(test|spec)\.tsx?$/.test(path);

export const isGenerated = (path: string): boolean => /(^|\/)generated\/|\.gen\.tsx?$|\.d\.ts$/.test(path);

/** The repository path behind a specifier, or null when it names a package. */
export function toOwnPath(from: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), specifier));
  if (specifier.startsWith('#generated/')) return specifier.replace('#', 'prisma/');
  if (/^[#@]\//.test(specifier)) return specifier.slice(2);
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (/^@koyalite\/client(\/|$)/.test(specifier)) return specifier.replace('@koyalite', 'packages');
  return null;
}

/** `@scope/name` or `name` of a package specifier; null for Node's own modules. */
export function toPackage(specifier: string): string | null {
  if (specifier.startsWith('node:')) return null;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
