'use client';
/** Requests as rows; the path opens the details. */

import { DateTime } from '#components/feedback/date-time.tsx';
import { toDuration, toStatusVariant } from '#components/logs/log-words.ts';
import type { LoggedRequest } from '#components/platform/use-request-log.ts';
import { Badge } from '#components/ui/badge.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';

interface RequestsTableProps {
  rows: LoggedRequest[];
  onOpen: (request: LoggedRequest) => void;
}

export function RequestsTable({ rows, onOpen }: RequestsTableProps) {
  return (
    <ScrollBox label="Rows">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>When</TableHead>
            <TableHead>Status</TableHead>
            <TableHead>Method</TableHead>
            <TableHead className="w-full">Path</TableHead>
            <TableHead>Role</TableHead>
            <TableHead className="text-right">Took</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.request_id} className="cursor-pointer" onClick={() => onOpen(row)}>
              <TableCell className="text-muted-foreground">
                <DateTime iso={row.at} />
              </TableCell>
              <TableCell>
                <Badge variant={toStatusVariant(row.status)} className="font-mono tabular-nums">
                  {row.status}
                </Badge>
              </TableCell>
              <TableCell className="font-mono text-xs">{row.method}</TableCell>
              <TableCell className="max-w-96">
                <button
                  type="button"
                  className="block max-w-full truncate rounded-sm text-left font-mono text-xs hover:underline hover:underline-offset-4"
                  onClick={(event) => {
                    event.stopPropagation();
                    onOpen(row);
                  }}
                >
                  <span className="text-muted-foreground">/{row.service}</span>
                  {row.path}
                </button>
              </TableCell>
              <TableCell className="font-mono text-xs text-muted-foreground">{row.role ?? ''}</TableCell>
              <TableCell className="text-right text-xs tabular-nums">{toDuration(row.elapsed_ms)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </ScrollBox>
  );
}
