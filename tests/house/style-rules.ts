/** Sizes, names and the constructs the house does without. */

import { basename } from 'node:path';
import { isGenerated, isTest } from './rooms.ts';
import type { Source } from './source.ts';

export interface SizeLimits {
  readonly median: number;
  readonly p90: number;
}

export const sizeLimits: SizeLimits = { median: 80, p90: 250 };

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.tsx?$/;
const drawers = /\/((utils?|helpers?|misc|common)(\.tsx?|\/)|(types|index)\.tsx?$)/;
const environmentReaders =
  /^(lib\/config\.ts|packages\/[^/]+\/src\/config\.ts|tests\/.*|scripts\/.*|prisma\/.*|[^/]+\.config\.ts)$/;
/** The hosts hand the environment to `parseConfig`; nobody else touches it. */
const hosts = /^(server|instrumentation|lib\/platform)\.ts$/;

function ceilingOf(path: string): number {
  if (basename(path) === 'page.tsx') return 80;
  if (basename(path) === 'route.ts') return 20;
  return isTest(path) ? 600 : 400;
}

/** Each broken style rule of one file, as a sentence. */
export function styleProblems(source: Source): string[] {
  const { path } = source;
  const problems: string[] = [];
  const ceiling = ceilingOf(path);
  if (source.lines > ceiling) problems.push(`has ${source.lines} lines, over ${ceiling}`);
  if (!kebab.test(basename(path))) problems.push('is not named in kebab-case');
  if (path.startsWith('lib/') && drawers.test(path)) problems.push('is a drawer: name it after what it holds');
  if (path.startsWith('lib/') && source.isBarrel) problems.push('is a barrel');
  if (source.anyTypes > 0) problems.push(`uses \`any\` ${source.anyTypes} times`);
  if (source.suppressions.length > 0) problems.push(`silences the type checker: ${source.suppressions[0]}`);
  if (source.focusedOrSkipped.length > 0) problems.push(`focuses or skips a test: ${source.focusedOrSkipped[0]}`);
  if (source.environmentReads.length > 0 && !isTest(path) && !environmentReaders.test(path) && !hosts.test(path)) {
    problems.push(`reads the environment: ${source.environmentReads[0]}`);
  }
  return problems.map((problem) => `${path} ${problem}`);
}

/** The distribution of sizes over everything that is neither test nor generated. */
export function sizeProblems(sources: readonly Source[], limits: SizeLimits = sizeLimits): string[] {
  const sizes = sources
    .filter(({ path }) => !isTest(path) && !isGenerated(path))
    .map(({ lines }) => lines)
    .sort((a, b) => a - b);
  const at = (share: number): number => sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))] ?? 0;
  const problems: string[] = [];
  if (at(0.5) > limits.median) problems.push(`the median file has ${at(0.5)} lines, over ${limits.median}`);
  if (at(0.9) > limits.p90) problems.push(`the 90th percentile file has ${at(0.9)} lines, over ${limits.p90}`);
  return problems;
}

/** More than a dozen npm scripts is sprawl. */
export function scriptProblems(scripts: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(scripts);
  return names.length > 12 ? [`package.json has ${names.length} scripts, over 12`] : [];
}
