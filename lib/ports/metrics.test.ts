/** Process metrics as Prometheus reads them. */

import { expect, test } from 'vitest';
import { createMetrics } from '#lib/ports/metrics.ts';

test('the text form, with the process in it, from registries that do not meet', async () => {
  const [one, two] = [createMetrics(), createMetrics()];
  expect(one.contentType).toMatch(/^text\/plain/);
  for (const metrics of [one, two]) {
    const text = await metrics.text();
    expect(text).toMatch(/^# TYPE process_resident_memory_bytes gauge$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds \S+$/m);
  }
});
