import type { ReactNode } from 'react';
import { cn } from '#components/ui/cn.ts';

/** A box that scrolls, reachable by keyboard and named for those who cannot see it. */
export function ScrollBox({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section tabIndex={0} aria-label={label} className={cn('overflow-x-auto focus-visible:-outline-offset-2', className)}>
      {children}
    </section>
  );
}
