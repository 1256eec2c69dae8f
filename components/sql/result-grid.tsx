'use client';
/** One statement's result as a grid: arrows move in it, Enter opens a value, everything can be copied or kept as a file. */

import { type KeyboardEvent, useRef, useState } from 'react';
import type { SqlResult } from '#components/platform/use-query.ts';
import { ResultMenu } from '#components/sql/result-menu.tsx';
import { SqlText } from '#components/sql/sql-text.tsx';
import { ValueSheet } from '#components/sql/value-sheet.tsx';
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';

/** More rows make the page slow before they make it useful. */
const mostRows = 500;

/** Rows, cells and columns have no identity but their order: two columns may bear one name. */
function toNumbered<T>(list: readonly T[]): { id: number; one: T }[] {
  return list.map((one, id) => ({ id, one }));
}

export interface Place {
  row: number;
  column: number;
}

const moves: Record<string, Place> = {
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
  PageUp: { row: -10, column: 0 },
  PageDown: { row: 10, column: 0 },
  Home: { row: 0, column: -Infinity },
  End: { row: 0, column: Infinity },
};

const within = (value: number, count: number) => Math.max(0, Math.min(value, count - 1));

export function ResultGrid({ result, note }: { result: SqlResult; note: string }) {
  const { command, columns, types, rows, row_count: count, truncated } = result;
  const body = useRef<HTMLTableSectionElement>(null);
  /** The one cell the Tab key stops at. */
  const [current, setCurrent] = useState<Place>({ row: 0, column: 0 });
  const [opened, setOpened] = useState<Place | null>(null);
  const shown = rows.slice(0, mostRows);
  const hidden = truncated || rows.length > shown.length;
  const onKeyDown = (event: KeyboardEvent) => {
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const row = within(current.row + move.row, shown.length);
    const column = within(current.column + move.column, columns.length);
    setCurrent({ row, column });
    body.current?.rows[row]?.cells[column]?.querySelector('button')?.focus();
  };
  return (
    <Card aria-label={`Result of ${command}`}>
      <CardHeader className={columns.length === 0 ? 'border-b-0' : ''}>
        <CardTitle className="font-mono text-xs">{command}</CardTitle>
        <div className="flex items-center gap-3">
          <span className="text-xs text-muted-foreground tabular-nums">
            {[hidden ? `first ${shown.length} rows` : `${count} ${count === 1 ? 'row' : 'rows'}`, note]
              .filter(Boolean)
              .join(' · ')}
          </span>
          {rows.length > 0 ? <ResultMenu result={result} /> : null}
        </div>
      </CardHeader>
      {columns.length === 0 ? null : (
        <ScrollBox label="Rows" className="max-h-[28rem] overflow-auto">
          <Table>
            <TableHeader className="sticky top-0 bg-muted">
              <TableRow>
                {toNumbered(columns).map(({ id, one }) => (
                  <TableHead key={id} className="h-auto py-1.5 font-mono">
                    {one}
                    <span className="block text-[10px] leading-3 font-normal">{types[id] ?? ' '}</span>
                  </TableHead>
                ))}
              </TableRow>
            </TableHeader>
            <TableBody ref={body} onKeyDown={onKeyDown}>
              {toNumbered(shown).map(({ id, one: row }) => (
                <TableRow key={id}>
                  {toNumbered(row).map(({ id: column, one: value }) => (
                    <TableCell key={column} className="max-w-96 p-0 font-mono text-xs">
                      <button
                        type="button"
                        tabIndex={current.row === id && current.column === column ? 0 : -1}
                        title={value === null ? undefined : String(value).slice(0, 400)}
                        className="block min-h-8 w-full min-w-full cursor-pointer truncate px-4 py-1.5 text-left focus-visible:bg-accent focus-visible:-outline-offset-2"
                        onFocus={() => setCurrent({ row: id, column })}
                        onClick={() => setOpened({ row: id, column })}
                      >
                        <SqlText value={value} type={types[column] ?? null} />
                      </button>
                    </TableCell>
                  ))}
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </ScrollBox>
      )}
      <ValueSheet result={result} place={opened} onClose={() => setOpened(null)} />
    </Card>
  );
}
