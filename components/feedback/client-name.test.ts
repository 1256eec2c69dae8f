/** User agents as people name them. */

import { expect, test } from 'vitest';
import { toClientName } from '#components/feedback/client-name.ts';

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36', 'Chrome on Linux'],
  ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0', 'Edge on Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1', 'Safari on iOS'],
  ['curl/7.88.1', 'curl/7.88.1'],
  [null, 'Unknown client'],
])('%s', (agent, name) => {
  expect(toClientName(agent)).toBe(name);
});
