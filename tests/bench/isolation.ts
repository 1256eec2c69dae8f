/** How much one client that loops something dear, such as a full scan or signing in, costs everybody else's point reads. */

import { z } from 'zod';
import { type LoadRequest, runLoad } from './load.ts';
import { type MeasureOptions, measureSlice, type Slice, type Summary, summarize } from './measure.ts';
import { median } from './statistics.ts';

export interface Isolation {
  readonly alone: Summary;
  readonly beside: Summary;
  /** Point reads beside the loop / alone: the median over the pairs. */
  readonly ratio: number;
  readonly p99Ratio: number;
  /** How often the loop came round. */
  readonly loopsPerSecond: number;
  /** 99th percentile of the server's event-loop delay, from its metrics; null when it publishes none. */
  readonly loopDelayAloneMs: number | null;
  readonly loopDelayBesideMs: number | null;
}

export async function measureIsolation(
  points: readonly LoadRequest[],
  disturbance: LoadRequest,
  options: MeasureOptions & { token: string },
): Promise<Isolation> {
  const pairs: { alone: Slice; beside: Slice; loopsPerSecond: number; loopAlone: number | null; loopBeside: number | null }[] =
    [];
  for (let round = 0; round < options.rounds; round += 1) {
    // Reading the metric also starts it anew.
    await readLoopDelay(options);
    const alone = await measureSlice(options.koyalite, points, options);
    const loopAlone = await readLoopDelay(options);
    const looping = runLoad({
      url: options.koyalite.url,
      requests: [disturbance],
      connections: 1,
      durationMs: options.sliceMs,
      prefix: options.prefix,
    });
    const beside = await measureSlice(options.koyalite, points, options);
    const loops = await looping;
    const loopsPerSecond = (loops.requests / loops.durationMs) * 1000;
    if (loops.errors > 0) throw new Error(`${loops.errors} requests of the loop failed: it measured something else`);
    pairs.push({ alone, beside, loopsPerSecond, loopAlone, loopBeside: await readLoopDelay(options) });
  }
  return {
    alone: summarize(pairs.map((pair) => pair.alone)),
    beside: summarize(pairs.map((pair) => pair.beside)),
    ratio: median(pairs.map((pair) => pair.beside.requestsPerSecond / pair.alone.requestsPerSecond)),
    p99Ratio: median(pairs.map((pair) => pair.beside.p99Ms / pair.alone.p99Ms)),
    loopsPerSecond: median(pairs.map((pair) => pair.loopsPerSecond)),
    loopDelayAloneMs: medianOfKnown(pairs.map((pair) => pair.loopAlone)),
    loopDelayBesideMs: medianOfKnown(pairs.map((pair) => pair.loopBeside)),
  };
}

/** The metric's samples are taken by a timer and include its interval: an idle loop reads as 10 ms. */
const samplingIntervalMs = 10;
const metric = /^\w*event_?loop_(?:delay|lag)_(?:p99_seconds|seconds\{[^}]*quantile="0\.99"[^}]*\}) (\S+)/m;

async function readLoopDelay(options: MeasureOptions & { token: string }): Promise<number | null> {
  const response = await fetch(`${options.koyalite.url}/metrics`, { headers: { authorization: `Bearer ${options.token}` } });
  const text = await response.text();
  const seconds = z.coerce.number().safeParse(response.ok ? metric.exec(text)?.[1] : undefined);
  return seconds.success ? Math.max(0, seconds.data * 1000 - samplingIntervalMs) : null;
}

function medianOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}
