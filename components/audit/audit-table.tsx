'use client';
/** The audit log's rows, with a filter. */

import { SearchIcon } from 'lucide-react';
import { useState } from 'react';
import { DateTime } from '#components/feedback/date-time.tsx';
import type { AuditEntry } from '#components/platform/schemas.ts';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Input } from '#components/ui/input.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';

function matches(entry: AuditEntry, wanted: string): boolean {
  return [entry.action, entry.actor, entry.subject, entry.ip ?? ''].some((text) => text.toLowerCase().includes(wanted));
}

export function AuditTable({ entries }: { entries: AuditEntry[] }) {
  const [filter, setFilter] = useState('');
  const shown = entries.filter((entry) => matches(entry, filter.trim().toLowerCase()));
  return (
    <Card aria-label="Audit log">
      <CardHeader>
        <div className="relative w-full sm:w-64">
          <SearchIcon className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground" />
          <Input
            type="search"
            aria-label="Filter entries"
            placeholder="Filter by action, operator or subject"
            className="pl-8"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        </div>
        <p className="text-xs text-muted-foreground tabular-nums" aria-live="polite">
          {shown.length === entries.length ? `${entries.length} entries` : `${shown.length} of ${entries.length} entries`}
        </p>
      </CardHeader>
      <ScrollBox label="Entries">
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>When</TableHead>
              <TableHead>Action</TableHead>
              <TableHead>Operator</TableHead>
              <TableHead>Subject</TableHead>
              <TableHead>Address</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {shown.map((entry) => (
              <TableRow key={entry.seq}>
                <TableCell className="text-muted-foreground">
                  <DateTime iso={entry.at} />
                </TableCell>
                <TableCell className="font-mono text-xs">{entry.action}</TableCell>
                <TableCell>{entry.actor}</TableCell>
                <TableCell className="max-w-72 truncate font-mono text-xs text-muted-foreground">{entry.subject}</TableCell>
                <TableCell className="font-mono text-xs text-muted-foreground">{entry.ip ?? ''}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </ScrollBox>
    </Card>
  );
}
