/** The browser suite: Chromium of this machine against a server that `npm test` (or the environment) names. */

import { defineConfig } from '@playwright/test';

const chromium = process.env.KOYALITE_E2E_CHROMIUM;

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  forbidOnly: true,
  retries: 0,
  // Bounds for a machine that has other work, not waits: every step goes on as soon as it can.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    baseURL: process.env.KOYALITE_E2E_URL ?? 'http://127.0.0.1:3000',
    trace: 'retain-on-failure',
    launchOptions: { args: ['--no-sandbox'], ...(chromium === undefined ? {} : { executablePath: chromium }) },
  },
});
