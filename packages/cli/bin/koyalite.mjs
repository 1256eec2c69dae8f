#!/usr/bin/env node
// Starts the command line; an older Node hands over to the one the repository fetched into `.node/`.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 4)) {
  import('../src/koyalite.ts').then((module) => module.main());
} else {
  const newer = fileURLToPath(new URL('../../../.node/bin/node', import.meta.url));
  if (fs.existsSync(newer)) {
    const result = spawnSync(newer, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
    process.exitCode = result.status === null ? 1 : result.status;
  } else {
    process.stderr.write(`koyalite: Node 24.4 or newer is needed, this is ${process.versions.node}.\n`);
    process.stderr.write('hint: run `npm start` once in the repository (it fetches Node 24), or install Node 24.\n');
    process.exitCode = 1;
  }
}
