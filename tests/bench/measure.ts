/** Paired slices: the bare server and ours in turns, so that what else the machine does strikes both alike. */

import type { BenchCase } from './cases.ts';
import { type LoadRequest, type LoadResult, runLoad } from './load.ts';
import { cpuMicroseconds, machineMicroseconds, median, ownMicroseconds, quartiles } from './statistics.ts';

export interface Target {
  readonly url: string;
  readonly pid: number;
}

export interface Slice extends LoadResult {
  readonly requestsPerSecond: number;
  readonly cpuPerRequestUs: number;
  /** Processors that neither the server nor the load used: what else the machine was doing meanwhile. */
  readonly othersCpus: number;
}

export interface Comparison {
  readonly name: string;
  readonly bodyBytes: number;
  readonly baseline: Summary;
  readonly koyalite: Summary;
  /** Median over the pairs of ours / bare, with the quarter points. */
  readonly ratio: number;
  readonly ratioQuartiles: [number, number];
  readonly cpuRatio: number;
  readonly errors: number;
  /** Median over all slices; much above 0.1 means that the machine was shared and the figures are soft. */
  readonly othersCpus: number;
  /** Requests of ours that were answered in all. */
  readonly answered: number;
}

export interface Summary {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuPerRequestUs: number;
}

export interface MeasureOptions {
  readonly baseline: Target;
  readonly koyalite: Target;
  readonly rounds: number;
  readonly sliceMs: number;
  readonly connections: number;
  readonly prefix: readonly string[];
}

export async function compare(bench: BenchCase, options: MeasureOptions): Promise<Comparison> {
  const bodyBytes = await sampleBodies(options.koyalite.url, bench.requests);
  const constant = bench.requests.slice(0, 1).map((request) => ({ ...request, path: `/?bytes=${bodyBytes}` }));
  const bare = () => measureSlice(options.baseline, constant, options);
  const ours = () => measureSlice(options.koyalite, bench.requests, options);
  // One slice each that does not count: compilers and caches warm up.
  await bare();
  await ours();
  const pairs: { bare: Slice; ours: Slice }[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    // Which goes first alternates, so that a drift favours neither.
    if (round % 2 === 0) pairs.push({ bare: await bare(), ours: await ours() });
    else {
      const first = await ours();
      pairs.push({ bare: await bare(), ours: first });
    }
  }
  const ratios = pairs.map((pair) => pair.ours.requestsPerSecond / pair.bare.requestsPerSecond);
  return {
    name: bench.name,
    bodyBytes,
    baseline: summarize(pairs.map((pair) => pair.bare)),
    koyalite: summarize(pairs.map((pair) => pair.ours)),
    ratio: median(ratios),
    ratioQuartiles: quartiles(ratios),
    cpuRatio: median(pairs.map((pair) => pair.bare.cpuPerRequestUs / pair.ours.cpuPerRequestUs)),
    othersCpus: median(pairs.flatMap((pair) => [pair.bare.othersCpus, pair.ours.othersCpus])),
    answered: pairs.reduce((sum, pair) => sum + pair.ours.requests, 0),
    errors: pairs.reduce((sum, pair) => sum + pair.ours.errors + pair.bare.errors, 0),
  };
}

export async function measureSlice(
  target: Target,
  requests: readonly LoadRequest[],
  options: Pick<MeasureOptions, 'sliceMs' | 'connections' | 'prefix'>,
): Promise<Slice> {
  const before = cpuMicroseconds(target.pid);
  const knownBefore = before + ownMicroseconds();
  const machineBefore = machineMicroseconds();
  const startedMs = performance.now();
  const { connections, prefix, sliceMs: durationMs } = options;
  const result = await runLoad({ url: target.url, requests, connections, durationMs, prefix });
  const others = machineMicroseconds() - machineBefore - (cpuMicroseconds(target.pid) + ownMicroseconds() - knownBefore);
  return {
    ...result,
    othersCpus: others / ((performance.now() - startedMs) * 1000),
    requestsPerSecond: (result.requests / result.durationMs) * 1000,
    cpuPerRequestUs: (cpuMicroseconds(target.pid) - before) / result.requests,
  };
}

export function summarize(slices: readonly Slice[]): Summary {
  const of = (key: keyof Summary) => median(slices.map((slice) => slice[key]));
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    cpuPerRequestUs: of('cpuPerRequestUs'),
  };
}

/** A few requests by hand: each must succeed, and their usual size is what the bare server will answer. */
async function sampleBodies(url: string, requests: readonly LoadRequest[]): Promise<number> {
  const sizes: number[] = [];
  for (const { method, path, headers, body } of requests.slice(0, 9)) {
    const response = await fetch(url + path, { method, headers, body });
    const bytes = await response.bytes();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${new TextDecoder().decode(bytes)}`);
    if (method === 'GET' && bytes.byteLength <= 2) throw new Error(`${path} finds nothing: it would measure an empty answer`);
    sizes.push(bytes.byteLength);
  }
  return Math.round(median(sizes));
}
