/** What reading and checking a token adds to a point read: the same reads with and without one, in turns. */

import type { BenchCase } from './cases.ts';
import { type MeasureOptions, measureSlice, type Slice, type Summary, summarize } from './measure.ts';
import { median } from './statistics.ts';

export interface TokenCost {
  readonly name: string;
  readonly summary: Summary;
  /** Requests per second of this case / of the first one: the median over the rounds. */
  readonly ratio: number;
}

/** The first case is what the others are compared to. */
export async function measureTokens(cases: readonly BenchCase[], options: MeasureOptions): Promise<TokenCost[]> {
  const slices: Slice[][] = cases.map(() => []);
  for (const { requests } of cases) await measureSlice(options.koyalite, requests, options);
  for (let round = 0; round < options.rounds; round += 1) {
    // Each round begins with another case, so that a drift favours none.
    for (let turn = 0; turn < cases.length; turn += 1) {
      const at = (round + turn) % cases.length;
      const slice = await measureSlice(options.koyalite, cases[at]?.requests ?? [], options);
      if (slice.errors > 0) throw new Error(`${cases[at]?.name}: ${slice.errors} of ${slice.requests} requests failed`);
      slices[at]?.push(slice);
    }
  }
  return cases.map(({ name }, at) => ({
    name,
    summary: summarize(slices[at] ?? []),
    ratio: median(
      (slices[at] ?? []).map((slice, round) => slice.requestsPerSecond / (slices[0]?.[round]?.requestsPerSecond ?? 0)),
    ),
  }));
}
