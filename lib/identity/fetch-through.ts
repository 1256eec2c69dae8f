/**
 * Lends our `fetch` to code that only knows the global one, such as Arctic's token exchange: within one call, for nobody
 * else. Without it an address that an operator configured would be reached past the rules for outgoing requests.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { remember } from '#lib/remember.ts';

interface Loans {
  readonly current: AsyncLocalStorage<typeof fetch>;
  installed: typeof fetch | null;
}

const lent = remember('identity.lent-fetch', (): Loans => ({ current: new AsyncLocalStorage(), installed: null }));

/** Whatever `work` fetches goes through `fetcher`. */
export function fetchThrough<T>(fetcher: typeof fetch, work: () => Promise<T>): Promise<T> {
  install();
  return lent.current.run(fetcher, work);
}

/** Asked each time: a framework may have put its own `fetch` over ours since. */
function install(): void {
  if (globalThis.fetch === lent.installed) return;
  const inner = globalThis.fetch;
  lent.installed = (input, init) => {
    const fetcher = lent.current.getStore();
    // Outside the loan, or a `fetcher` that is itself the global one would be sent round in circles.
    return fetcher === undefined ? inner(input, init) : lent.current.exit(() => fetcher(input, init));
  };
  globalThis.fetch = lent.installed;
}
