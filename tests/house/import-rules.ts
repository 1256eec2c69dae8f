/** The import table of the architecture, as code: who may import whom, and which vendor is met in one file only. */

import { isGenerated, isTest, type Room, toOwnPath, toPackage, toRoom } from './rooms.ts';
import { computed, type Import, type Source } from './source.ts';

const foundation = ['http', 'config', 'remember'];
const dataPlane = [...foundation, 'identity', 'ports', 'engine'];

/** What each room may import besides itself. `services/x` and the tests' freedoms are decided below. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  http: [],
  config: [],
  remember: [],
  identity: ['http'],
  ports: ['http', 'emails'],
  engine: ['http'],
  api: dataPlane,
  control: ['http', 'identity', 'ports', 'engine', 'prisma'],
  platform: [...dataPlane, 'api', 'control', 'services', 'emails'],
  host: [...foundation, 'platform', 'route'],
  route: ['platform'],
  dashboard: ['client'],
  emails: [],
  'functions-runtime': [],
  client: [],
  cli: ['client'],
  prisma: [],
  examples: [],
  script: [],
};

const importersOfPlatform: readonly Room[] = ['host', 'route', 'tests', 'platform'];

/** Packages that stand for an outside system or for the one way of doing something. */
export const vendors: ReadonlySet<string> = new Set([
  '@aws-sdk/client-s3',
  '@aws-sdk/lib-storage',
  '@aws-sdk/s3-request-presigner',
  '@infisical/sdk',
  '@node-rs/argon2',
  '@opentelemetry/sdk-node',
  '@prisma/adapter-better-sqlite3',
  '@simplewebauthn/server',
  'arctic',
  'better-sqlite3',
  'lucia',
  'nodemailer',
  'pino',
  'posthog-node',
  'resend',
  'weaviate-client',
]);

const frameworks = /^(next|react|react-dom)$/;
const prismaPackages = /^(@prisma\/.+|prisma)$/;

/** Each broken import rule of one file, as a sentence. */
export function importProblems(source: Source): string[] {
  const room = toRoom(source.path);
  if (room === 'unknown') return [`${source.path}: is in no room of the architecture`];
  if (room === 'tests') return [];
  return source.imports.flatMap((one) => {
    // A name made at run time would pass every wall: only the loader of the platform has one.
    if (one.specifier === computed) return room === 'route' ? [] : [`${source.path}: an import must name its file`];
    const target = toOwnPath(source.path, one.specifier);
    const problem =
      target === null ? packageProblem(room, source.path, one.specifier) : ownProblem(room, source.path, target, one);
    return problem === null ? [] : [`${source.path}: ${problem} (${one.specifier})`];
  });
}

function ownProblem(room: Room, path: string, target: string, one: Import): string | null {
  const inLib = path.startsWith('lib/');
  if (inLib && one.specifier.startsWith('.')) return 'lib imports by #lib/…, not by relative paths';
  if (inLib && target.startsWith('lib/') && !/\.(ts|tsx|json)$/.test(target)) return 'an import names the file with its ending';
  const to = toRoom(target);
  if (to === room) return null;
  // One value per process is needed wherever a module holds state.
  if (to === 'remember' && inLib) return null;
  if (to === 'platform') return importersOfPlatform.includes(room) ? null : 'platform.ts belongs to the hosts alone';
  if (to === 'tests') return isTest(path) ? null : 'code never imports tests';
  if (room.startsWith('services/')) return serviceProblem(path, to, one);
  if (to.startsWith('services/')) return doorProblem(room, target, to);
  return mayImport[room]?.includes(to) ? null : `${room} may not import ${to}`;
}

function serviceProblem(path: string, to: Room, one: Import): string | null {
  if (['http', 'identity', 'engine'].includes(to)) return null;
  if (to === 'ports') return one.typeOnly || isTest(path) ? null : 'a service imports only the types of a port';
  return `a service may not import ${to}`;
}

function doorProblem(room: Room, target: string, to: Room): string | null {
  if (room === 'platform') return null;
  if (room !== 'api') return `${room} may not import ${to}`;
  const name = to.slice('services/'.length);
  return target === `lib/services/${name}/${name}.ts` ? null : 'api enters a service by its door, services/x/x.ts';
}

function packageProblem(room: Room, path: string, specifier: string): string | null {
  const name = toPackage(specifier);
  if (name === null) return null;
  if (path.startsWith('lib/') && frameworks.test(name)) return `${room} runs without Next and React`;
  if (prismaPackages.test(name) && !['control', 'prisma', 'script'].includes(room)) return 'Prisma serves control alone';
  if (name === 'better-sqlite3' && !['engine', 'prisma'].includes(room) && !isTest(path))
    return 'SQLite is opened by the engine alone';
  return null;
}

/** A vendor SDK met in more than one file. Tests may use one to play the other side. */
export function vendorProblems(sources: readonly Source[]): string[] {
  const users = new Map<string, Set<string>>();
  for (const source of sources) {
    if (isTest(source.path) || isGenerated(source.path)) continue;
    for (const { specifier } of source.imports) {
      const name = toPackage(specifier);
      if (name !== null && vendors.has(name)) users.set(name, (users.get(name) ?? new Set()).add(source.path));
    }
  }
  return [...users]
    .filter(([, files]) => files.size > 1)
    .map(([name, files]) => `${name} is imported by ${files.size} files: ${[...files].join(', ')}`);
}
