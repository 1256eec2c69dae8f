'use client';
/** One statement's result as a grid. */

import type { SqlResult, SqlValue } from '#components/platform/use-query.ts';
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';

/** More rows make the page slow before they make it useful. */
const mostRows = 500;

function Cell({ value }: { value: SqlValue }) {
  if (value === null) return <span className="text-muted-foreground italic">null</span>;
  return <>{String(value)}</>;
}

/** Rows, cells and columns have no identity but their order: two columns may bear one name. */
function toNumbered<T>(list: readonly T[]): { id: number; one: T }[] {
  return list.map((one, id) => ({ id, one }));
}

export function ResultGrid({ result, note }: { result: SqlResult; note: string }) {
  const { command, columns, rows, row_count: count, truncated } = result;
  const shown = rows.slice(0, mostRows);
  const hidden = truncated || rows.length > shown.length;
  return (
    <Card aria-label={`Result of ${command}`}>
      <CardHeader className={columns.length === 0 ? 'border-b-0' : ''}>
        <CardTitle className="font-mono text-xs">{command}</CardTitle>
        <span className="text-xs text-muted-foreground tabular-nums">
          {[hidden ? `first ${shown.length} rows` : `${count} ${count === 1 ? 'row' : 'rows'}`, note].filter(Boolean).join(' · ')}
        </span>
      </CardHeader>
      {columns.length === 0 ? null : (
        <ScrollBox label="Rows" className="max-h-[28rem] overflow-auto">
          <Table>
            <TableHeader className="sticky top-0 bg-muted">
              <TableRow>
                {toNumbered(columns).map(({ id, one }) => (
                  <TableHead key={id} className="font-mono">
                    {one}
                  </TableHead>
                ))}
              </TableRow>
            </TableHeader>
            <TableBody>
              {toNumbered(shown).map(({ id, one: row }) => (
                <TableRow key={id}>
                  {toNumbered(row).map(({ id: column, one: value }) => (
                    <TableCell
                      key={column}
                      className="max-w-96 truncate font-mono text-xs"
                      title={value === null ? '' : String(value)}
                    >
                      <Cell value={value} />
                    </TableCell>
                  ))}
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </ScrollBox>
      )}
    </Card>
  );
}
