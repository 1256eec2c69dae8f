/** Links between the Markdown files of the repository lead somewhere. */

import { dirname, join, normalize } from 'node:path';

/** Relative links of a Markdown text whose target is none of the repository's files. `path` is from the root. */
export function linkProblems(path: string, text: string, exists: (path: string) => boolean): string[] {
  const prose = text.replace(/```[\s\S]*?```|`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\((\.{1,2}\/[^)\s#]+)(?:#[^)]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !exists(normalize(join(dirname(path), target))))
    .map((target) => `${path}: nothing is at ${target}`);
}
