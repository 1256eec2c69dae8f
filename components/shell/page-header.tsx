/** A page's title, what it is for, and what can be done on it. */

import type { ReactNode } from 'react';
import { cn } from '#components/ui/cn.ts';

interface PageHeaderProps {
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** Whether the actions take the whole line on small screens. */
  wide?: boolean;
}

export function PageHeader({ title, description, children, wide = false }: PageHeaderProps) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="grid min-w-0 gap-1">
        <h1 className="truncate text-xl leading-tight font-semibold tracking-tight">{title}</h1>
        {description ? <div className="text-[13px] text-muted-foreground">{description}</div> : null}
      </div>
      {children ? <div className={cn('flex items-center gap-2', wide && 'max-sm:w-full')}>{children}</div> : null}
    </div>
  );
}
