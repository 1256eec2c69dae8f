// Regenerates prisma/generated from schema.prisma without downloading Prisma's schema engine, which `generate` never runs.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const manifest = createRequire(import.meta.url).resolve('prisma/package.json');
const cli = join(dirname(manifest), 'build/index.js');
const result = spawnSync(process.execPath, [cli, 'generate', '--schema', join(here, 'schema.prisma'), '--no-hints'], {
  stdio: 'inherit',
  // Any executable will do: the CLI only insists that one exists.
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
});
process.exitCode = result.status ?? 1;
