/** Process metrics in Prometheus' text form. The only importer of prom-client. */

import { Counter, collectDefaultMetrics, Registry } from 'prom-client';

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** One more refused attempt to sign in to an environment, by an account that exists or by none. */
  countRefusal(ref: string, method: string, known: boolean): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const refusals = new Counter({
    name: 'koyalite_auth_refused_total',
    help: 'Refused attempts to sign in',
    labelNames: ['environment', 'method', 'account'],
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    countRefusal: (environment, method, known) => refusals.inc({ environment, method, account: known ? 'known' : 'unknown' }),
  };
}
