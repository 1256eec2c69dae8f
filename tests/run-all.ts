/**
 * `npm test`: lint, types, vitest, the build, the browser suite. Every step runs whatever became of the ones before it;
 * the last line is `N passed, N failed`. Names as arguments run those steps alone: `npm test -- lint types`.
 */

import { type Step, toCheck } from './run/step.ts';
import { playwrightStep, vitestStep } from './run/suites.ts';

const steps: readonly Step[] = [
  toCheck('lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '.']),
  toCheck('types', 'node_modules/typescript/bin/tsc', ['--noEmit']),
  vitestStep,
  toCheck('build', 'bootstrap.mjs', ['build']),
  playwrightStep,
];

const names = process.argv.slice(2);
const unknown = names.find((name) => !steps.some((step) => step.name === name));
if (unknown !== undefined) {
  process.stderr.write(`koyalite: there is no step ${unknown}; there are ${steps.map((step) => step.name).join(', ')}\n`);
  process.exit(2);
}

let passed = 0;
let failed = 0;
const summary: string[] = [];
for (const step of steps.filter(({ name }) => names.length === 0 || names.includes(name))) {
  process.stdout.write(`\n== ${step.name}\n`);
  const startedMs = performance.now();
  const outcome = await step.run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  // In CI what did not run is not known to work.
  const skippedAsFailed = process.env.CI === 'true' ? outcome.skipped.length : 0;
  passed += outcome.passed;
  failed += outcome.failed + skippedAsFailed;
  const counts = outcome.passed + outcome.failed > 1 ? `${outcome.passed} passed, ${outcome.failed} failed` : '';
  summary.push(
    `${outcome.failed + skippedAsFailed === 0 ? 'ok    ' : 'FAILED'} ${step.name.padEnd(8)} ${seconds.padStart(6)} s  ${counts}`,
  );
  for (const line of outcome.failures) summary.push(`       ${line}`);
  for (const name of outcome.skipped) summary.push(`       skipped: ${name}`);
}

process.stdout.write(`\n${summary.map((line) => line.trimEnd()).join('\n')}\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
