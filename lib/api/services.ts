/** The services of the data plane by their name in the URL: a new service is a new row. */

import type { Address } from '#lib/api/resolve-environment.ts';
import { anonymousCaller, type Caller } from '#lib/engine/caller.ts';
import type { Database } from '#lib/engine/database.ts';
import { callByName } from '#lib/engine/run/call-by-name.ts';
import type { HttpRequest, HttpResponse } from '#lib/http/exchange.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import { type AuthPorts, authService, isOpenAuthPath } from '#lib/services/auth/auth.ts';
import { restService } from '#lib/services/rest/rest.ts';

export interface ServiceRequest {
  readonly request: HttpRequest;
  readonly address: Address;
  readonly environment: EnvironmentRecord;
  readonly database: Database;
  /** Null only on paths the service declared open. */
  readonly caller: Caller | null;
  readonly clientAddress: string | null;
  /** Where the environment answers: `https://host/api/shop`. */
  readonly externalUrl: string;
  /** Counts this request as so many more; rejects with 429 when that is too many. */
  readonly charge?: (operations: number) => Promise<void>;
}

export interface Service {
  handle(request: ServiceRequest): HttpResponse | Promise<HttpResponse>;
  /** Paths a browser reaches without any key. */
  isOpen?(path: string): boolean;
  /** The service reads the bearer token itself; only the `apikey` is checked before it. */
  readonly readsBearer?: boolean;
}

export type Services = Readonly<Record<string, Service | undefined>>;

export const restRow: Service = {
  handle: ({ request, address, environment, database, caller, externalUrl, charge }) =>
    restService({
      request,
      path: address.path,
      query: address.query,
      database,
      caller: caller ?? anonymousCaller,
      settings: environment.settings,
      baseUrl: `${externalUrl}/rest/v1`,
      charge,
    }),
};

export interface AuthRowOptions {
  readonly ports: AuthPorts;
  /** 32 bytes that stay the same for the environment's life. */
  sealingKey(environment: EnvironmentRecord): Uint8Array;
  /** Called after whatever may have queued a mail. */
  wake(database: Database): void;
}

export function createAuthRow(options: AuthRowOptions): Service {
  return {
    readsBearer: true,
    isOpen: isOpenAuthPath,
    async handle({ request, address, environment, database, clientAddress, externalUrl }) {
      const response = await authService({
        request,
        path: address.query === '' ? address.path : `${address.path}?${address.query}`,
        environment,
        database,
        ports: options.ports,
        externalUrl,
        sealingKey: options.sealingKey(environment),
        clientAddress,
        now: Date.now,
        runFunction: (schema, name, payload) => callByName(database, schema, name, payload),
      });
      // Once the answer has left: picking up a mail takes time that would tell there is one.
      if (request.method !== 'GET' && request.method !== 'HEAD') setImmediate(() => options.wake(database));
      return response;
    },
  };
}
