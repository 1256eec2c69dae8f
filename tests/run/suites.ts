/** The two test runners as steps, counted by their JSON reports. */

import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringProgram } from './programs.ts';
import { toPlaywrightOutcome, toVitestOutcome } from './reports.ts';
import { type RunningServer, startServer } from './running-server.ts';
import { failure, type Outcome, root, runNode, type Step, success } from './step.ts';

export const vitestStep: Step = {
  name: 'vitest',
  run: () =>
    withReport(async (file) => {
      if (globSync('tests/**/*nginx*.test.ts', { cwd: root }).length > 0) bringProgram('nginx', 'nginx');
      const args = ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`];
      const exitCode = await runNode('node_modules/vitest/vitest.mjs', args);
      return believe(toVitestOutcome(readReport(file)), exitCode);
    }),
};

export const playwrightStep: Step = {
  name: 'e2e',
  async run() {
    if (globSync('tests/e2e/**/*.spec.ts', { cwd: root }).length === 0) return success;
    const chromium = bringProgram('chromium', 'chromium', 'chromium-browser', 'google-chrome');
    if (chromium === null) return { ...success, skipped: ['e2e: there is no Chromium on this machine'] };
    let server: RunningServer;
    try {
      server = await startServer();
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return failure;
    }
    try {
      return await withReport((file) => runPlaywright(file, chromium, server));
    } finally {
      await server.stop();
    }
  },
};

async function runPlaywright(file: string, chromium: string, server: RunningServer): Promise<Outcome> {
  const env = {
    ...process.env,
    KOYALITE_E2E_URL: server.url,
    KOYALITE_E2E_CHROMIUM: chromium,
    E2E_EMAIL: server.operator.email,
    E2E_PASSWORD: server.operator.password,
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  };
  const exitCode = await runNode('node_modules/@playwright/test/cli.js', ['test', '--reporter=line,json'], env);
  return believe(toPlaywrightOutcome(readReport(file)), exitCode);
}

/** A runner may fail for what no test shows, such as an unhandled rejection: its exit code has the last word. */
function believe(outcome: Outcome, exitCode: number): Outcome {
  return exitCode !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}

/** No report means that the runner itself did not come up: one failure. */
async function withReport(work: (file: string) => Promise<Outcome>): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-report-'));
  const file = join(folder, 'report.json');
  try {
    const outcome = await work(file);
    return outcome.passed + outcome.failed === 0 ? failure : outcome;
  } catch (error) {
    if (existsSync(file)) throw error;
    return failure;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
