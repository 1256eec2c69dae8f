'use client';
/** Requests taken together by path: those that cost most time first. */

import { GaugeIcon, RotateCwIcon } from 'lucide-react';
import { useState } from 'react';
import { DateTime } from '#components/feedback/date-time.tsx';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { Pick } from '#components/logs/log-filters.tsx';
import { spans, toDuration } from '#components/logs/log-words.ts';
import { type RequestGroup, useSlowRequests } from '#components/platform/use-request-log.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';

export function SlowCard({ environment }: { environment: string }) {
  const [seconds, setSeconds] = useState('86400');
  const { data: groups, error, refetch, isFetching } = useSlowRequests(environment, Number(seconds));
  return (
    <Card aria-label="What takes long">
      <CardHeader>
        <p className="text-xs text-muted-foreground">Of the newest 10,000 requests of this time.</p>
        <div className="flex items-center gap-2 max-sm:w-full">
          <Pick label="Time" options={spans} value={seconds} onChange={setSeconds} />
          <Button variant="outline" size="icon" aria-label="Refresh" disabled={isFetching} onClick={() => refetch()}>
            <RotateCwIcon />
          </Button>
        </div>
      </CardHeader>
      {error && !groups ? (
        <div className="p-4">
          <ErrorPanel title="The log could not be loaded" error={error} onRetry={() => refetch()} />
        </div>
      ) : null}
      {!groups && !error ? (
        <div role="status" className="p-4">
          <span className="sr-only">Loading</span>
          <Skeleton className="h-40" />
        </div>
      ) : null}
      {groups?.length === 0 ? (
        <div className="p-4">
          <EmptyState icon={GaugeIcon} title="No requests">
            Nothing was asked of this environment in this time.
          </EmptyState>
        </div>
      ) : null}
      {groups?.length ? <Groups groups={groups} /> : null}
    </Card>
  );
}

function Groups({ groups }: { groups: RequestGroup[] }) {
  const total = groups.reduce((sum, group) => sum + group.total_ms, 0);
  return (
    <ScrollBox label="Rows">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead className="w-full">Request</TableHead>
            <TableHead className="text-right">Share of time</TableHead>
            <TableHead className="text-right">Calls</TableHead>
            <TableHead className="text-right">Failed</TableHead>
            <TableHead className="text-right">Median</TableHead>
            <TableHead className="text-right">95th</TableHead>
            <TableHead className="text-right">Slowest</TableHead>
            <TableHead>Last</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {groups.map((group) => (
            <TableRow key={`${group.service} ${group.method} ${group.path}`}>
              <TableCell className="max-w-80 min-w-48 truncate font-mono text-xs" title={group.path}>
                {group.method} <span className="text-muted-foreground">/{group.service}</span>
                {group.path}
              </TableCell>
              <TableCell>
                <span className="flex items-center justify-end gap-2 text-xs tabular-nums">
                  <span className="h-1.5 w-12 overflow-hidden rounded-full bg-muted" aria-hidden="true">
                    <span className="block h-full bg-primary" style={{ width: `${(group.total_ms / total) * 100}%` }} />
                  </span>
                  <span className="min-w-9 text-right">{Math.round((group.total_ms / total) * 100)} %</span>
                </span>
              </TableCell>
              <TableCell className="text-right text-xs tabular-nums">{group.count.toLocaleString('en')}</TableCell>
              <TableCell
                className={`text-right text-xs tabular-nums ${group.failures > 0 ? 'text-destructive' : 'text-muted-foreground'}`}
              >
                {group.failures}
              </TableCell>
              <TableCell className="text-right text-xs tabular-nums">{toDuration(group.median_ms)}</TableCell>
              <TableCell className="text-right text-xs tabular-nums">{toDuration(group.p95_ms)}</TableCell>
              <TableCell className="text-right text-xs tabular-nums">{toDuration(group.max_ms)}</TableCell>
              <TableCell className="text-xs text-muted-foreground">
                <DateTime iso={group.last_at} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </ScrollBox>
  );
}
