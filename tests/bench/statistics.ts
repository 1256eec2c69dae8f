/** Medians, and what the system says a process has used. */

import { readFileSync } from 'node:fs';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The quarter points: how wide the middle half lies. */
export function quartiles(values: readonly number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
  return [at(0.25), at(0.75)];
}

const tickMicroseconds = 10_000;

/** Processor time of a process in microseconds; NaN where the system has no /proc. */
export function cpuMicroseconds(pid: number): number {
  const fields = readStat(pid);
  return (Number(fields[11]) + Number(fields[12])) * tickMicroseconds;
}

/** This process's processor time and that of the children it has seen end: the load generator's. */
export function ownMicroseconds(): number {
  const fields = readStat(process.pid);
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) * tickMicroseconds;
}

/** What all processors have worked, for anybody; time stolen by the host counts as work of others. */
export function machineMicroseconds(): number {
  try {
    const [user, nice, system, , , irq, softirq, steal] =
      readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/\s+/).slice(1).map(Number) ?? [];
    return [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) * tickMicroseconds;
  } catch {
    return Number.NaN;
  }
}

function readStat(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  } catch {
    return [];
  }
}
