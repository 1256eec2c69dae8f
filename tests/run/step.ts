/** A step of `npm test`: what it came to, and running a program as one. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Outcome {
  /** Tests that passed; 0 for a step that is no suite (lint, types, build). */
  passed: number;
  /** Tests that failed, or 1 for a step that failed as a whole. */
  failed: number;
  /** What failed, as `file › test` with the first line of its message, where the step knows. */
  failures: string[];
  /** Names of what could not run, with the reason. */
  skipped: string[];
}

export interface Step {
  name: string;
  run(): Promise<Outcome>;
}

export const success: Outcome = { passed: 0, failed: 0, failures: [], skipped: [] };
export const failure: Outcome = { passed: 0, failed: 1, failures: [], skipped: [] };

/** Runs a script of node_modules on this Node with its output shown; resolves to its exit code, 1 when a signal ended it. */
export function runNode(script: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** A step that is good when its program exits with 0. */
export function toCheck(name: string, script: string, args: readonly string[]): Step {
  return { name, run: async () => ((await runNode(script, args)) === 0 ? success : failure) };
}
