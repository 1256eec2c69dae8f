'use client';
/** Where a user is signed in, and the end of it. */

import { toClientName } from '#components/feedback/client-name.ts';
import { DateTime } from '#components/feedback/date-time.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { useEndEndUserSession, useEndUserSessions } from '#components/platform/use-end-users.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

interface UserSessionsProps {
  environment: string;
  userId: string;
  canEnd: boolean;
}

export function UserSessions({ environment, userId, canEnd }: UserSessionsProps) {
  const { data: sessions, error } = useEndUserSessions(environment, userId);
  const end = useEndEndUserSession(environment, userId);
  return (
    <section aria-label="Sessions" className="grid gap-2">
      <div className="flex min-h-7 items-center justify-between">
        <h3 className="text-xs font-medium text-muted-foreground">Sessions</h3>
        {canEnd && sessions && sessions.length > 1 ? (
          <Button variant="ghost" size="sm" disabled={end.isPending} onClick={() => end.mutate(null)}>
            End all
          </Button>
        ) : null}
      </div>
      {error ? <p className="text-[13px] text-destructive">{toMessage(error)}</p> : null}
      {!sessions && !error ? <Skeleton className="h-14" /> : null}
      {sessions?.length === 0 ? <p className="text-[13px] text-muted-foreground">Not signed in anywhere.</p> : null}
      {sessions?.length ? (
        <ul className="divide-y rounded-lg border bg-card">
          {sessions.map((session) => (
            <li key={session.id} className="flex items-center gap-3 px-4 py-2">
              <div className="grid min-w-0 flex-1">
                <span className="truncate text-[13px]" title={session.user_agent ?? ''}>
                  {toClientName(session.user_agent)}
                </span>
                <span className="text-xs text-muted-foreground">
                  {session.ip ? `${session.ip} · ` : ''}
                  <DateTime iso={session.refreshed_at ?? session.created_at} />
                </span>
              </div>
              {session.oauth_client_name ? (
                <Badge title="Another app, let in by the user">{session.oauth_client_name.slice(0, 40)}</Badge>
              ) : null}
              {session.aal === 'aal2' ? <Badge variant="success">two factors</Badge> : null}
              {canEnd ? (
                <Button variant="ghost" size="sm" disabled={end.isPending} onClick={() => end.mutate(session.id)}>
                  End
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
