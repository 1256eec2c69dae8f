'use client';
/** What came of a run: its results in order, or the error with its place. */

import { TerminalIcon } from 'lucide-react';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { findPlace, PlatformError, toMessage } from '#components/platform/platform-error.ts';
import type { SqlResult } from '#components/platform/use-query.ts';
import { ResultGrid } from '#components/sql/result-grid.tsx';
import { SqlNotices } from '#components/sql/sql-notices.tsx';
import { Card, CardContent, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

interface SqlOutcomeProps {
  run: { isPending: boolean; error: unknown; data: { results: SqlResult[]; elapsedMs: number } | undefined };
  /** The text that was run. */
  sent: string;
}

export function SqlOutcome({ run, sent }: SqlOutcomeProps) {
  if (run.isPending) {
    return (
      <div role="status">
        <span className="sr-only">Running</span>
        <Skeleton className="h-40" />
      </div>
    );
  }
  if (run.error) return <SqlFailure error={run.error} sent={sent} />;
  if (!run.data) {
    return (
      <EmptyState icon={TerminalIcon} title="No result yet">
        Run a query to see its rows here.
      </EmptyState>
    );
  }
  const { results, elapsedMs } = run.data;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4" aria-live="polite">
      {results.map((result, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: results have no identity but their order
        <div key={index} className="grid grid-cols-[minmax(0,1fr)] gap-2">
          <SqlNotices notices={result.notices} />
          <ResultGrid result={result} note={index === results.length - 1 ? `${elapsedMs} ms` : ''} />
        </div>
      ))}
      {results.length === 0 ? <p className="text-[13px] text-muted-foreground">Nothing to run.</p> : null}
    </div>
  );
}

function SqlFailure({ error, sent }: { error: unknown; sent: string }) {
  const place = findPlace(error);
  const line = place ? sent.split('\n')[place.line - 1] : undefined;
  return (
    <Card aria-label="Error" className="border-destructive/40">
      <CardHeader>
        <CardTitle className="text-destructive">
          {error instanceof PlatformError && error.status > 0 ? `Error ${error.code}` : 'Error'}
        </CardTitle>
        {place ? (
          <span className="text-xs text-muted-foreground">
            line {place.line}, column {place.column}
          </span>
        ) : null}
      </CardHeader>
      <CardContent className="grid gap-3">
        <p role="alert" className="text-[13px]">
          {toMessage(error)}
        </p>
        {place && line !== undefined ? (
          <pre className="overflow-hidden rounded-md border bg-code p-3 font-mono text-xs leading-5">
            {line}
            {'\n'}
            <span className="text-destructive" aria-hidden="true">
              {`${line.slice(0, place.column - 1).replace(/[^\t]/g, ' ')}^`}
            </span>
          </pre>
        ) : null}
      </CardContent>
    </Card>
  );
}
