/** System programs the suites drive: found on the PATH, or installed where this is Debian and we are root. */

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The program's path under the first of these names, or null. */
export function findProgram(...names: string[]): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const name of names) {
    for (const folder of folders) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here: look in the next folder.
      }
    }
  }
  return null;
}

/** As `findProgram`, after installing the Debian package when it is missing and may be installed. */
export function bringProgram(debianPackage: string, ...names: string[]): string | null {
  const found = findProgram(...names);
  if (found !== null || process.getuid?.() !== 0 || findProgram('apt-get') === null) return found;
  process.stderr.write(`koyalite: installing ${debianPackage}\n`);
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage], options);
  return findProgram(...names);
}
