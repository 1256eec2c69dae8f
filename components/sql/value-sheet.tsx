'use client';
/** One value in full, documents spread over lines, with its row to copy. */

import { CopyIcon, XIcon } from 'lucide-react';
import type { SqlResult } from '#components/platform/use-query.ts';
import { copyText } from '#components/sql/copy-text.ts';
import { toCsv, toInserts, toJson, toPretty, toRow } from '#components/sql/result-format.ts';
import type { Place } from '#components/sql/result-grid.tsx';
import { Button } from '#components/ui/button.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { Sheet, SheetClose, SheetContent, SheetDescription, SheetTitle } from '#components/ui/sheet.tsx';

interface ValueSheetProps {
  result: SqlResult;
  place: Place | null;
  onClose: () => void;
}

export function ValueSheet({ result, place, onClose }: ValueSheetProps) {
  const { row, column } = place ?? { row: 0, column: 0 };
  const value = result.rows[row]?.[column] ?? null;
  const type = result.types[column] ?? null;
  const text = toPretty(value, type);
  const own = toRow(result, row);
  return (
    <Sheet open={place !== null} onOpenChange={(open) => !open && onClose()}>
      <SheetContent side="right">
        <div className="flex items-start justify-between gap-4 border-b px-5 py-4">
          <div className="grid min-w-0 gap-0.5">
            <SheetTitle className="truncate font-mono text-sm font-semibold">{result.columns[column]}</SheetTitle>
            <SheetDescription className="text-xs text-muted-foreground">
              {[type ?? 'type unknown', `row ${row + 1}`].join(' · ')}
            </SheetDescription>
          </div>
          <SheetClose asChild>
            <Button variant="ghost" size="icon-sm" aria-label="Close">
              <XIcon />
            </Button>
          </SheetClose>
        </div>
        <div className="flex flex-wrap gap-2 border-b px-5 py-3">
          <Button size="sm" onClick={() => copyText(text, 'Value')}>
            <CopyIcon /> Copy value
          </Button>
          <Button variant="outline" size="sm" onClick={() => copyText(toJson(own), 'Row')}>
            Row as JSON
          </Button>
          <Button variant="outline" size="sm" onClick={() => copyText(toCsv(own), 'Row')}>
            Row as CSV
          </Button>
          <Button variant="outline" size="sm" onClick={() => copyText(toInserts(own), 'Row')}>
            Row as SQL
          </Button>
        </div>
        <ScrollBox label="Value" className="flex-1 overflow-auto p-5">
          <pre className="font-mono text-xs leading-5 break-words whitespace-pre-wrap">
            {value === null ? <span className="text-muted-foreground italic">NULL</span> : text}
          </pre>
        </ScrollBox>
      </SheetContent>
    </Sheet>
  );
}
