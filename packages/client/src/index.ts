/** A typed client of the Platform API: in a browser with the session's cookie, elsewhere with an operator's token. */

import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './platform.gen.ts';

type Schemas = components['schemas'];
export type ApiKey = Schemas['ApiKey'];
export type AuditEntry = Schemas['AuditEntry'];
export type Environment = Schemas['Environment'];
export type Operator = Schemas['Operator'];
export type PlatformProblem = Schemas['Problem'];
export type Project = Schemas['Project'];
export type Settings = Schemas['Settings'];
export type SqlResult = Schemas['SqlResult'];

export interface PlatformClientOptions {
  /** The server's address: `http://localhost:3000`; empty in the dashboard's own pages. */
  url: string;
  /** An operator's token; without one the browser's session cookie speaks. */
  token?: string;
  /** Default: the platform's own. */
  fetch?: (request: Request) => Promise<Response>;
}

/** `client.GET('/projects/{ref}', { params: { path: { ref } } })` → `{ data }` or `{ error }`; rejects only when nobody answers. */
export interface PlatformClient extends Client<paths> {
  /** Copies a SQLite file's tables into an environment. */
  importDatabase(ref: string, file: Blob): Promise<{ data?: ImportedTables; error?: PlatformProblem; response: Response }>;
}

export type ImportedTables = paths['/projects/{ref}/database/import']['post']['responses'][201]['content']['application/json'];

/** Typed by the server's own OpenAPI document. */
export function createPlatformClient({ url, token, fetch }: PlatformClientOptions): PlatformClient {
  const client = createClient<paths>({
    baseUrl: `${url.replace(/\/+$/, '')}/api/platform/v1`,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { Accept: 'application/json', ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
    ...(fetch === undefined ? {} : { fetch }),
  });
  return {
    ...client,
    importDatabase: (ref, file) =>
      client.POST('/projects/{ref}/database/import', {
        params: { path: { ref } },
        // The document can only say "a binary string".
        body: file as unknown as string,
        bodySerializer: () => file,
        headers: { 'Content-Type': 'application/octet-stream' },
      }),
  };
}
