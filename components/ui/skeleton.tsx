/** The grey shape shown where data is on its way. */

import type { ComponentProps } from 'react';
import { cn } from '#components/ui/cn.ts';

function Skeleton({ className, ...props }: ComponentProps<'div'>) {
  return (
    <div
      data-slot="skeleton"
      aria-hidden="true"
      className={cn('animate-pulse rounded-md bg-foreground/8 motion-reduce:animate-none', className)}
      {...props}
    />
  );
}

export { Skeleton };
