/** What the JSON reports of vitest and Playwright add up to. */

import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { type Outcome, root } from './step.ts';

const vitestSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
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
  const failures = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter((one) => one.status === 'failed')
      .map((one) => toFailure(name, one.fullName, one.failureMessages?.[0] ?? '')),
  );
  for (const { name, message } of broken) failures.push(toFailure(name, 'before its first test', message ?? ''));
  return { passed: numPassedTests, failed: numFailedTests + broken.length, failures, skipped };
}

/** One line per failure, since a log may be kept by its end alone. */
function toFailure(file: string, name: string, message: string): string {
  const [first = ''] = stripVTControlCharacters(message).trim().split('\n');
  return `${relative(root, file)} › ${name}: ${first.slice(0, 300)}`;
}

interface PlaywrightSuite {
  file?: string | undefined;
  suites?: PlaywrightSuite[] | undefined;
  specs?: { title: string; ok: boolean }[] | undefined;
}

const playwrightSuite: z.ZodType<PlaywrightSuite> = z.lazy(() =>
  z.object({
    file: z.string().optional(),
    suites: z.array(playwrightSuite).optional(),
    specs: z.array(z.object({ title: z.string(), ok: z.boolean() })).optional(),
  }),
);

const playwrightSchema = z.object({
  suites: z.array(playwrightSuite).default([]),
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()).default([]),
});

/** A flaky test counts as failed: it failed once. */
export function toPlaywrightOutcome(report: unknown): Outcome {
  const { stats, errors, suites } = playwrightSchema.parse(report);
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    failures: suites.flatMap(toFailedSpecs),
    skipped: stats.skipped === 0 ? [] : [`${stats.skipped} browser tests`],
  };
}

function toFailedSpecs({ file = '', suites = [], specs = [] }: PlaywrightSuite): string[] {
  const own = specs.filter(({ ok }) => !ok).map(({ title }) => `${file} › ${title}`);
  return [...own, ...suites.flatMap(toFailedSpecs)];
}
