/** Calls of the Platform API: a path and a schema in, a checked value or a CliError out. */

import { z } from 'zod';
import { CliError } from './cli-error.ts';
import type { ServerAddress } from './config.ts';
import { parseExact } from './exact-json.ts';

export interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  raw?: Blob;
}

const problemSchema = z.object({ message: z.string(), hint: z.string().nullish(), details: z.unknown().optional() });

export class PlatformApi {
  readonly server: ServerAddress;

  constructor(server: ServerAddress) {
    this.server = server;
  }

  /** `path` is below `/api/platform/v1`, its parts already encoded (see `path`). */
  async call<T>(path: string, schema: z.ZodType<T>, options: Call = {}): Promise<T> {
    const response = await this.#send(path, options);
    const text = await response.text();
    if (!response.ok) throw toError(response, text);
    let value: unknown;
    try {
      value = text === '' ? null : parseExact(text);
    } catch {
      throw new CliError(`${this.server.url} did not answer with JSON`, 'is that a KoyaLite server?');
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new CliError(
      `the server's answer is not what this version expects (${issue?.path.join('.') || 'answer'}: ${issue?.message})`,
      'use the command line that came with the server',
    );
  }

  async #send(path: string, { method = 'GET', json, raw }: Call): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.server.token}`, accept: 'application/json' };
    if (json !== undefined) headers['content-type'] = 'application/json';
    if (raw !== undefined) headers['content-type'] = 'application/octet-stream';
    const body = raw ?? (json === undefined ? null : JSON.stringify(json));
    try {
      return await fetch(`${this.server.url}/api/platform/v1${path}`, { method, headers, body, redirect: 'error' });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : null;
      const reason = cause !== null && 'code' in cause ? String(cause.code) : 'no answer';
      throw new CliError(`cannot reach ${this.server.url} (${reason})`, 'is the server running? start it with `npm start`');
    }
  }
}

function toError(response: Response, text: string): CliError {
  let problem: z.infer<typeof problemSchema> | null = null;
  try {
    problem = problemSchema.parse(JSON.parse(text));
  } catch {
    problem = null;
  }
  const hint = response.status === 401 ? 'check --token or KOYALITE_TOKEN' : null;
  const details = typeof problem?.details === 'string' ? problem.details : null;
  return new CliError(problem?.message ?? `the server answered ${response.status}`, problem?.hint ?? details ?? hint);
}

/** A path whose parts are percent-encoded: path`/projects/${ref}`. */
export function path(strings: TemplateStringsArray, ...parts: string[]): string {
  return String.raw({ raw: strings }, ...parts.map(encodeURIComponent));
}
