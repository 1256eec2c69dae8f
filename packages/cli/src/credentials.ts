/** Tokens got by `koyalite login`, by server address, in a file of the user's alone. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import type { Variables } from './config.ts';

const fileSchema = z.object({ current: z.string(), tokens: z.record(z.string(), z.string()) });

/** `current` is the server signed in to last. */
export type Credentials = z.infer<typeof fileSchema>;

function toFile(env: Variables): string {
  return env.KOYALITE_CREDENTIALS ?? join(env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'koyalite', 'credentials.json');
}

export function readCredentials(env: Variables): Credentials | null {
  let text: string;
  try {
    text = readFileSync(toFile(env), 'utf8');
  } catch {
    return null;
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    throw new CliError(`${toFile(env)} is damaged`, 'delete it, then: koyalite login');
  }
}

/** Returns the file's path. Written beside and moved in place, never readable by others. */
export function saveToken(env: Variables, url: string, token: string): string {
  const file = toFile(env);
  const tokens = { ...readCredentials(env)?.tokens, [url]: token };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify({ current: url, tokens }, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return file;
}
