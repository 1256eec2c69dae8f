'use client';
/** Where the operator is signed in. */

import { toClientName } from '#components/feedback/client-name.ts';
import { DateTime } from '#components/feedback/date-time.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { useEndOwnSession, useOwnSessions } from '#components/platform/use-account.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardContent, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function SessionsCard() {
  const { data: sessions, error, refetch } = useOwnSessions();
  const end = useEndOwnSession();
  return (
    <Card aria-label="Sessions">
      <CardHeader>
        <CardTitle>Sessions</CardTitle>
        {sessions && sessions.length > 1 ? (
          <Button variant="ghost" size="sm" disabled={end.isPending} onClick={() => end.mutate(null)}>
            End all others
          </Button>
        ) : null}
      </CardHeader>
      {error && !sessions ? (
        <CardContent>
          <ErrorPanel title="The sessions could not be loaded" error={error} onRetry={() => refetch()} />
        </CardContent>
      ) : null}
      {!sessions && !error ? (
        <CardContent role="status">
          <span className="sr-only">Loading sessions</span>
          <Skeleton className="h-8" />
        </CardContent>
      ) : null}
      <ul className="divide-y">
        {sessions?.map((session) => (
          <li key={session.id} className="flex min-h-12 items-center gap-3 px-4 py-2">
            <div className="grid min-w-0 flex-1">
              <span className="truncate text-[13px]" title={session.user_agent ?? ''}>
                {toClientName(session.user_agent)}
              </span>
              <span className="text-xs text-muted-foreground">
                {session.ip ? `${session.ip} · ` : ''}
                <DateTime iso={session.created_at} />
              </span>
            </div>
            {session.current ? (
              <Badge variant="success">This one</Badge>
            ) : (
              <Button variant="ghost" size="sm" disabled={end.isPending} onClick={() => end.mutate(session.id)}>
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
