'use client';
/** Takes a result along: copied as JSON, CSV or INSERT statements, or kept as a file. */

import { DownloadIcon } from 'lucide-react';
import type { SqlResult } from '#components/platform/use-query.ts';
import { copyText, saveFile } from '#components/sql/copy-text.ts';
import { toCsv, toInserts, toJson } from '#components/sql/result-format.ts';
import { Button } from '#components/ui/button.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#components/ui/dropdown-menu.tsx';

export function ResultMenu({ result }: { result: SqlResult }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="sm">
          <DownloadIcon /> Export
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem onSelect={() => copyText(toJson(result), 'JSON')}>Copy as JSON</DropdownMenuItem>
        <DropdownMenuItem onSelect={() => copyText(toCsv(result), 'CSV')}>Copy as CSV</DropdownMenuItem>
        <DropdownMenuItem onSelect={() => copyText(toInserts(result), 'SQL')}>Copy as INSERT statements</DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => saveFile('result.csv', 'text/csv', toCsv(result))}>Download CSV</DropdownMenuItem>
        <DropdownMenuItem onSelect={() => saveFile('result.json', 'application/json', toJson(result))}>
          Download JSON
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
