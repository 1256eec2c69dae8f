'use client';
/** The requests that match the filters, newest first, with the details of one at hand. */

import { ListIcon } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { LogFilters } from '#components/logs/log-filters.tsx';
import { RequestSheet } from '#components/logs/request-sheet.tsx';
import { RequestsTable } from '#components/logs/requests-table.tsx';
import { type LogFilter, type LoggedRequest, useRequestLog } from '#components/platform/use-request-log.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardFooter } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

const everything: LogFilter = { search: '', service: '', method: '', statusClass: '', minElapsedMs: 0, seconds: 86_400 };

export function RequestsCard({ environment }: { environment: string }) {
  const [filter, setFilter] = useState(everything);
  const [live, setLive] = useState(true);
  const [opened, setOpened] = useState<LoggedRequest | null>(null);
  const wanted = useDeferredValue(filter);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useRequestLog(environment, wanted, live);
  const rows = data?.pages.flat() ?? [];
  return (
    <Card aria-label="Requests">
      <LogFilters filter={filter} onChange={setFilter} live={live} onLive={setLive} />
      {error && !data ? (
        <div className="p-4">
          <ErrorPanel title="The log could not be loaded" error={error} onRetry={() => refetch()} />
        </div>
      ) : null}
      {!data && !error ? (
        <div role="status" className="grid gap-3 p-4">
          <span className="sr-only">Loading the log</span>
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
        </div>
      ) : null}
      {data && rows.length === 0 ? (
        <div className="p-4">
          <EmptyState icon={ListIcon} title="No requests">
            {filter.search || filter.service || filter.method || filter.statusClass || filter.minElapsedMs
              ? 'None matches these filters in this time.'
              : 'Nothing was asked of this environment in this time.'}
          </EmptyState>
        </div>
      ) : null}
      {rows.length > 0 ? <RequestsTable rows={rows} onOpen={setOpened} /> : null}
      {rows.length > 0 ? (
        <CardFooter>
          <p className="text-xs text-muted-foreground tabular-nums">
            {rows.length.toLocaleString('en')} {rows.length === 1 ? 'request' : 'requests'}
            {hasNextPage ? ' shown' : ''}
          </p>
          {hasNextPage ? (
            <Button
              variant="outline"
              size="sm"
              disabled={isFetchingNextPage}
              onClick={() => {
                setLive(false);
                fetchNextPage();
              }}
            >
              {isFetchingNextPage ? 'Loading…' : 'Older'}
            </Button>
          ) : null}
        </CardFooter>
      ) : null}
      <RequestSheet environment={environment} request={opened} onClose={() => setOpened(null)} />
    </Card>
  );
}
