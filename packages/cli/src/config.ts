/** Where the server is and how to be let in: flags first, then the environment, then `server.json` in the server's home. */

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { readCredentials } from './credentials.ts';

const environmentSchema = z.object({
  KOYALITE_HOME: z.string().min(1).default('.koyalite'),
  KOYALITE_URL: z.url().optional(),
  KOYALITE_TOKEN: z.string().min(1).optional(),
});

/** Written by the server when it listens, readable by its own user alone. */
const serverFileSchema = z.object({ url: z.url(), pid: z.int(), token: z.string().min(1) });

export interface ServerAddress {
  /** Without a trailing slash: `http://127.0.0.1:3000`. */
  url: string;
  token: string;
  /** Null when the address did not come from `server.json`. */
  pid: number | null;
}

export interface AddressFlags {
  url?: string | undefined;
  token?: string | undefined;
}

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables of this process; `run` is handed them so that a test can hand it others. */
export function readEnvironment(): Variables {
  return process.env;
}

/** Throws when neither flags, environment nor a running server's file say where to go. */
export function findServer(flags: AddressFlags, env: Variables): ServerAddress {
  const parsed = environmentSchema.safeParse(env);
  if (!parsed.success) {
    throw new CliError(`${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`);
  }
  const url = flags.url ?? parsed.data.KOYALITE_URL;
  const token = flags.token ?? parsed.data.KOYALITE_TOKEN;
  if (url !== undefined && token !== undefined) return { url: trimSlash(url), token, pid: null };
  const home = resolve(parsed.data.KOYALITE_HOME.replace(/^~(?=\/|$)/, homedir()));
  const file = readServerFile(join(home, 'server.json'));
  const credentials = readCredentials(env);
  if (url !== undefined) {
    const saved = credentials?.tokens[trimSlash(url)];
    if (saved !== undefined && (file === null || trimSlash(file.url) !== trimSlash(url))) {
      return { url: trimSlash(url), token: saved, pid: null };
    }
    // The local server's token must not travel to some other address.
    if (file !== null && trimSlash(file.url) === trimSlash(url)) return { ...file, url: trimSlash(url) };
    throw new CliError(`no token for ${url}`, 'koyalite login --url <url>, or pass --token or set KOYALITE_TOKEN');
  }
  const saved = credentials?.tokens[credentials.current];
  if (file === null && credentials !== null && saved !== undefined) {
    return { url: credentials.current, token: token ?? saved, pid: null };
  }
  if (file === null) {
    throw new CliError(
      'no running server found',
      'start one with `npm start`, or pass --url and --token (KOYALITE_URL, KOYALITE_TOKEN)',
    );
  }
  return { url: trimSlash(file.url), token: token ?? file.token, pid: file.pid };
}

/** Where to sign in: a flag, the environment, or the server running here. */
export function findServerUrl(flags: AddressFlags, env: Variables): string {
  const url = flags.url ?? env.KOYALITE_URL;
  if (url !== undefined && URL.canParse(url)) return trimSlash(url);
  if (url !== undefined) throw new CliError(`not an address: ${url}`);
  return findServer({}, env).url;
}

function readServerFile(path: string): z.infer<typeof serverFileSchema> | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  try {
    return serverFileSchema.parse(JSON.parse(text));
  } catch {
    throw new CliError(`${path} is not a server's address file`, 'start the server again: it rewrites the file');
  }
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
