/** What the JSON reports of vitest and Playwright add up to. */

import { z } from 'zod';
import type { Outcome } from './step.ts';

const vitestSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

/** A file that failed before its first test counts as one failure; a skipped or pending test is named. */
export function toVitestOutcome(report: unknown): Outcome {
  const { numPassedTests, numFailedTests, testResults } = vitestSchema.parse(report);
  const broken = testResults.filter(({ status, assertionResults }) => {
    return status === 'failed' && !assertionResults.some((one) => one.status === 'failed');
  });
  const skipped = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter((one) => one.status !== 'passed' && one.status !== 'failed').map((one) => one.fullName),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped };
}

const playwrightSchema = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()).default([]),
});

/** A flaky test counts as failed: it failed once. */
export function toPlaywrightOutcome(report: unknown): Outcome {
  const { stats, errors } = playwrightSchema.parse(report);
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped === 0 ? [] : [`${stats.skipped} browser tests`],
  };
}
