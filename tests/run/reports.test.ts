/** Reports are added up so that nothing that failed or did not run can look like a success. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toPlaywrightOutcome, toVitestOutcome } from './reports.ts';
import { root } from './step.ts';

const report = (passed: number, failed: number, testResults: unknown[]): unknown => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults,
});

const at = (file: string): string => join(root, file);

test('passes and failures are counted, and a failure is named with the first line of its message', () => {
  const failed = { status: 'failed', fullName: 'x', failureMessages: ['\u001b[31mexpected 1\u001b[39m\n at somewhere'] };
  const results = [{ name: at('a.test.ts'), status: 'failed', assertionResults: [failed] }];
  const failures = ['a.test.ts › x: expected 1'];
  expect(toVitestOutcome(report(3, 1, results))).toEqual({ passed: 3, failed: 1, failures, skipped: [] });
});

test('a file that broke before its first test is a failure', () => {
  const outcome = toVitestOutcome(
    report(3, 0, [{ name: at('a.test.ts'), status: 'failed', message: 'no', assertionResults: [] }]),
  );
  expect(outcome.failed).toBe(1);
  expect(outcome.failures).toEqual(['a.test.ts › before its first test: no']);
});

test('skipped and pending tests are named', () => {
  const assertionResults = [
    { status: 'pending', fullName: 'x' },
    { status: 'skipped', fullName: 'y' },
    { status: 'passed', fullName: 'z' },
  ];
  expect(toVitestOutcome(report(1, 0, [{ name: 'a', status: 'passed', assertionResults }])).skipped).toEqual(['x', 'y']);
});

test('flaky browser tests and errors outside tests are failures', () => {
  const stats = { expected: 5, unexpected: 1, flaky: 1, skipped: 2 };
  const inner = {
    file: 'a.spec.ts',
    specs: [
      { title: 'x', ok: false },
      { title: 'y', ok: true },
    ],
  };
  const outcome = toPlaywrightOutcome({ stats, errors: [{}], suites: [{ file: 'a.spec.ts', suites: [inner] }] });
  expect(outcome).toEqual({ passed: 5, failed: 3, failures: ['a.spec.ts › x'], skipped: ['2 browser tests'] });
});

test('anything else is refused rather than counted as nothing', () => {
  expect(() => toVitestOutcome({})).toThrow();
  expect(() => toPlaywrightOutcome({})).toThrow();
});
