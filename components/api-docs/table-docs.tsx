'use client';
/** One table: its columns, the calls, and a try of the first. */

import { KeyRoundIcon } from 'lucide-react';
import type { ApiColumn, ApiTable } from '#components/api-docs/api-model.ts';
import { type ApiTarget, toTableSnippets } from '#components/api-docs/api-snippets.ts';
import { SnippetCards } from '#components/api-docs/snippet-cards.tsx';
import { TryRead } from '#components/api-docs/try-read.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Card, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';

interface TableDocsProps {
  table: ApiTable;
  target: ApiTarget;
  /** Of the user who is being viewed as. */
  token: string | null;
}

export function TableDocs({ table, target, token }: TableDocsProps) {
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-6">
      <Card aria-label={`Columns of ${table.name}`}>
        <CardHeader>
          <div className="grid gap-0.5">
            <CardTitle className="font-mono">{table.name}</CardTitle>
            {table.description ? <CardDescription>{table.description}</CardDescription> : null}
          </div>
          {table.isWritable ? null : <Badge>read only</Badge>}
        </CardHeader>
        <ScrollBox label="Columns">
          <Table>
            <TableHeader>
              <TableRow>
                <TableHead>Column</TableHead>
                <TableHead>Type</TableHead>
                <TableHead>Note</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {table.columns.map((column) => (
                <ColumnRow key={column.name} column={column} />
              ))}
            </TableBody>
          </Table>
        </ScrollBox>
      </Card>
      <TryRead table={table.name} target={target} token={token} />
      <SnippetCards target={target} snippets={toTableSnippets(table, target)} />
    </div>
  );
}

function ColumnRow({ column }: { column: ApiColumn }) {
  return (
    <TableRow>
      <TableCell className="font-mono text-xs">
        <span className="flex items-center gap-1.5">
          {column.name}
          {column.isKey ? <KeyRoundIcon className="size-3 text-primary" role="img" aria-label="primary key" /> : null}
        </span>
      </TableCell>
      <TableCell className="font-mono text-xs text-muted-foreground">{column.type}</TableCell>
      <TableCell className="text-xs whitespace-normal text-muted-foreground">
        <span className="flex flex-wrap items-center gap-2">
          {column.isRequired ? <Badge variant="outline">required</Badge> : null}
          {column.references ? <span className="font-mono">→ {column.references}</span> : null}
          {column.note}
        </span>
      </TableCell>
    </TableRow>
  );
}
