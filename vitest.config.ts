/** Two vitest projects: `unit` beside the code, `suites` for what crosses rooms. */

import { defineConfig } from 'vitest/config';

const shared = { environment: 'node' as const, pool: 'forks' as const, setupFiles: ['tests/support/test-seed.ts'] };

export default defineConfig({
  test: {
    maxWorkers: 2,
    passWithNoTests: false,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          // Generous on purpose: these tests prove behaviour, and a busy machine is not a failure.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['lib/**/*.test.ts', 'components/**/*.test.ts', 'packages/**/*.test.ts', 'functions-runtime/**/*.test.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'suites',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/bench/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
