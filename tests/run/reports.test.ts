/** Reports are added up so that nothing that failed or did not run can look like a success. */

import { expect, test } from 'vitest';
import { toPlaywrightOutcome, toVitestOutcome } from './reports.ts';

const report = (passed: number, failed: number, testResults: unknown[]): unknown => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults,
});

test('passes and failures are counted', () => {
  const results = [{ name: 'a', status: 'failed', assertionResults: [{ status: 'failed', fullName: 'x' }] }];
  expect(toVitestOutcome(report(3, 1, results))).toEqual({ passed: 3, failed: 1, skipped: [] });
});

test('a file that broke before its first test is a failure', () => {
  expect(toVitestOutcome(report(3, 0, [{ name: 'a', status: 'failed', assertionResults: [] }])).failed).toBe(1);
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
  expect(toPlaywrightOutcome({ stats, errors: [{}] })).toEqual({ passed: 5, failed: 3, skipped: ['2 browser tests'] });
});

test('anything else is refused rather than counted as nothing', () => {
  expect(() => toVitestOutcome({})).toThrow();
  expect(() => toPlaywrightOutcome({})).toThrow();
});
