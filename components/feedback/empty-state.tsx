/** What a list shows when there is nothing in it yet. */

import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  /** Whether it is all the page has, and its title the page's. */
  isPage?: boolean;
  children: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ icon: Icon, title, isPage = false, children, action }: EmptyStateProps) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div className="flex flex-col items-center gap-1.5 rounded-lg border border-dashed px-6 py-14 text-center">
      <span className="mb-2 grid size-10 place-items-center rounded-lg border bg-card text-muted-foreground shadow-xs">
        <Icon className="size-5" aria-hidden="true" />
      </span>
      <Title className="text-sm font-medium">{title}</Title>
      <p className="max-w-sm text-[13px] text-muted-foreground">{children}</p>
      {action ? <div className="mt-4">{action}</div> : null}
    </div>
  );
}
