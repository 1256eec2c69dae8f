'use client';
/** The foot of a list of several pages. */

import { ChevronLeftIcon, ChevronRightIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';

interface PagerProps {
  /** From 1. */
  page: number;
  /** Null when the last page is not known yet. */
  pages: number | null;
  hasNext?: boolean;
  onPage: (page: number) => void;
  children: ReactNode;
}

function Pager({ page, pages, hasNext = false, onPage, children }: PagerProps) {
  const isLast = pages === null ? !hasNext : page >= pages;
  const isOnly = page === 1 && isLast;
  return (
    <>
      <p className="text-xs text-muted-foreground tabular-nums" aria-live="polite">
        {children}
      </p>
      {isOnly ? null : (
        <div className="ml-auto flex items-center gap-1">
          <Button variant="ghost" size="icon-sm" aria-label="Previous page" disabled={page <= 1} onClick={() => onPage(page - 1)}>
            <ChevronLeftIcon />
          </Button>
          <span className="text-xs text-muted-foreground tabular-nums">{pages === null ? page : `${page} / ${pages}`}</span>
          <Button variant="ghost" size="icon-sm" aria-label="Next page" disabled={isLast} onClick={() => onPage(page + 1)}>
            <ChevronRightIcon />
          </Button>
        </div>
      )}
    </>
  );
}

export { Pager };
