/** Figures and choices of the log's pages. */

import type { BadgeProps } from '#components/ui/badge.tsx';

export const spans = [
  { value: '900', label: 'Last 15 minutes' },
  { value: '3600', label: 'Last hour' },
  { value: '86400', label: 'Last day' },
  { value: '604800', label: 'Last 7 days' },
  { value: '1209600', label: 'Last 14 days' },
] as const;

/** `12.3 ms`, `1.20 s`. */
export function toDuration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 100 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

export function toStatusVariant(status: number): NonNullable<BadgeProps['variant']> {
  if (status >= 500) return 'destructive';
  if (status >= 400) return 'warning';
  return status >= 300 ? 'neutral' : 'success';
}
