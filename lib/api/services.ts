/** The services of the data plane by their name in the URL: a new service is a new row. */

import type { Address } from '#lib/api/resolve-environment.ts';
import { anonymousCaller, type Caller } from '#lib/engine/caller.ts';
import type { Database } from '#lib/engine/database.ts';
import type { HttpRequest, HttpResponse } from '#lib/http/exchange.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
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
}

export interface Service {
  handle(request: ServiceRequest): HttpResponse | Promise<HttpResponse>;
  /** Paths a browser reaches without any key. */
  isOpen?(path: string): boolean;
}

export type Services = Readonly<Record<string, Service | undefined>>;

export const restRow: Service = {
  handle: ({ request, address, environment, database, caller, externalUrl }) =>
    restService({
      request,
      path: address.path,
      query: address.query,
      database,
      caller: caller ?? anonymousCaller,
      settings: environment.settings,
      baseUrl: `${externalUrl}/rest/v1`,
    }),
};
