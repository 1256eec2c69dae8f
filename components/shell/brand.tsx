/** The mark: three tiers of a pagoda, which are also three layers of a database. */

import { cn } from '#components/ui/cn.ts';

export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={cn('size-5 text-primary', className)} fill="currentColor">
      <path d="M8 2.5h8l2.4 4.4H5.6z" />
      <path d="M6.2 9.3h11.6l2.4 4.4H3.8z" opacity=".72" />
      <path d="M4.4 16.1h15.2l2.1 4a1 1 0 0 1-.9 1.4H3.2a1 1 0 0 1-.9-1.4z" opacity=".46" />
    </svg>
  );
}

export function Brand({ className }: { className?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-2', className)}>
      <Mark />
      <span className="text-[15px] font-semibold tracking-tight">KoyaLite</span>
    </span>
  );
}
