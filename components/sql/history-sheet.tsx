'use client';
/** The statements that were run, to take one up again. */

import { HistoryIcon, XIcon } from 'lucide-react';
import { useState } from 'react';
import { DateTime } from '#components/feedback/date-time.tsx';
import type { HistoryEntry } from '#components/sql/use-sql-history.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Sheet, SheetClose, SheetContent, SheetDescription, SheetTitle, SheetTrigger } from '#components/ui/sheet.tsx';

interface HistorySheetProps {
  entries: HistoryEntry[];
  onPick: (query: string) => void;
  onClear: () => void;
}

export function HistorySheet({ entries, onPick, onClear }: HistorySheetProps) {
  const [open, setOpen] = useState(false);
  return (
    <Sheet open={open} onOpenChange={setOpen}>
      <SheetTrigger asChild>
        <Button variant="ghost" size="sm">
          <HistoryIcon /> History
        </Button>
      </SheetTrigger>
      <SheetContent side="right">
        <div className="flex items-start justify-between gap-4 border-b px-5 py-4">
          <div className="grid min-w-0 gap-0.5">
            <SheetTitle className="text-sm font-semibold">History</SheetTitle>
            <SheetDescription className="text-xs text-muted-foreground">
              Kept in this tab alone, until you sign out or close it.
            </SheetDescription>
          </div>
          <div className="flex shrink-0 gap-1">
            <Button variant="ghost" size="sm" disabled={entries.length === 0} onClick={onClear}>
              Clear
            </Button>
            <SheetClose asChild>
              <Button variant="ghost" size="icon-sm" aria-label="Close">
                <XIcon />
              </Button>
            </SheetClose>
          </div>
        </div>
        {entries.length === 0 ? <p className="p-5 text-[13px] text-muted-foreground">Nothing was run yet.</p> : null}
        <ul className="grid content-start divide-y overflow-y-auto" aria-label="Statements">
          {entries.map(({ query, at, failed }) => (
            <li key={query}>
              <button
                type="button"
                className="grid w-full gap-1 px-5 py-3 text-left hover:bg-accent focus-visible:-outline-offset-2"
                onClick={() => {
                  onPick(query);
                  setOpen(false);
                }}
              >
                <span className="line-clamp-4 font-mono text-xs leading-5 break-words whitespace-pre-wrap">{query}</span>
                <span className="flex items-center gap-2 text-xs text-muted-foreground">
                  <DateTime iso={at} />
                  {failed ? <Badge variant="destructive">failed</Badge> : null}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </SheetContent>
    </Sheet>
  );
}
