/** Prints what was measured as tables a person can read. */

import type { Isolation } from './isolation.ts';
import type { Comparison } from './measure.ts';
import type { TokenCost } from './token-cost.ts';

export interface Report {
  readonly machine: {
    readonly cpus: number;
    readonly node: string;
    readonly generator: string;
    readonly connections: number;
    readonly rounds: number;
  };
  readonly comparisons: readonly Comparison[];
  readonly isolation: Isolation;
  readonly signIns: Isolation;
  readonly tokens: readonly TokenCost[];
}

export function toText({ machine, comparisons, isolation, signIns, tokens }: Report): string {
  const rows = comparisons.map((one) => [
    one.name,
    `${one.bodyBytes} B`,
    whole(one.baseline.requestsPerSecond),
    whole(one.koyalite.requestsPerSecond),
    `${one.ratio.toFixed(2)} [${one.ratioQuartiles.map((value) => value.toFixed(2)).join('–')}]`,
    one.cpuRatio.toFixed(2),
    `${fixed(one.koyalite.p50Ms)} / ${fixed(one.koyalite.p99Ms)}`,
    `${fixed(one.baseline.p50Ms)} / ${fixed(one.baseline.p99Ms)}`,
    `${whole(one.koyalite.cpuPerRequestUs)} µs`,
    String(one.errors),
    one.othersCpus.toFixed(2),
  ]);
  const header = [
    'case',
    'body',
    'bare/s',
    'koyalite/s',
    'ratio [IQR]',
    'cpu ratio',
    'p50/p99 ms',
    'bare p50/p99',
    'cpu/request',
    'errors',
    'others cpus',
  ];
  return [
    `${machine.cpus} processors, Node ${machine.node}, ${machine.generator}, ${machine.connections} connections, ${machine.rounds} pairs of slices per case`,
    'Every request of ours: JWT verified, row-level security applied. Ratio: ours / bare node:http with a constant body of the same size.',
    '',
    toTable([header, ...rows]),
    '"others cpus": processors kept busy by anything but this run; much above 0.1, and the figures are soft.',
    '',
    'Point reads while another client loops a full scan',
    toLoopTable(isolation, 'scan'),
    '',
    'Point reads while another client signs in with a password, again and again',
    toLoopTable(signIns, 'sign-in'),
    '',
    'What a token costs a point read',
    toTable([
      ['', 'requests/s', 'of no token', 'cpu/request', 'p99 ms'],
      ...tokens.map((one) => [
        one.name,
        whole(one.summary.requestsPerSecond),
        one.ratio.toFixed(3),
        `${whole(one.summary.cpuPerRequestUs)} µs`,
        fixed(one.summary.p99Ms),
      ]),
    ]),
    '',
  ].join('\n');
}

function toLoopTable(isolation: Isolation, loop: string): string {
  const { alone, beside } = isolation;
  return toTable([
    ['', 'requests/s', 'p50 ms', 'p99 ms', 'loop delay p99 ms'],
    ['alone', whole(alone.requestsPerSecond), fixed(alone.p50Ms), fixed(alone.p99Ms), known(isolation.loopDelayAloneMs)],
    [
      `beside the ${loop}`,
      whole(beside.requestsPerSecond),
      fixed(beside.p50Ms),
      fixed(beside.p99Ms),
      known(isolation.loopDelayBesideMs),
    ],
    [
      'ratio',
      isolation.ratio.toFixed(2),
      '',
      `×${isolation.p99Ratio.toFixed(1)}`,
      `${isolation.loopsPerSecond.toFixed(1)} ${loop}s/s`,
    ],
  ]);
}

function toTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
    )
    .join('\n');
}

function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–';
}

function fixed(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0);
}

function known(value: number | null): string {
  return value === null ? 'not published' : fixed(value);
}
