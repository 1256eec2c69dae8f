'use client';
/** Invitations nobody has accepted yet. */

import { Trash2Icon } from 'lucide-react';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import type { Project } from '#components/platform/schemas.ts';
import { useInvites, useRevokeInvite } from '#components/platform/use-members.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardContent, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function InvitesCard({ project }: { project: Project }) {
  const { data: invites, error, refetch } = useInvites(project.ref, true);
  const revoke = useRevokeInvite(project.ref);
  return (
    <Card aria-label="Invitations">
      <CardHeader>
        <CardTitle>Invitations</CardTitle>
      </CardHeader>
      {error && !invites ? (
        <CardContent>
          <ErrorPanel title="The invitations could not be loaded" error={error} onRetry={() => refetch()} />
        </CardContent>
      ) : null}
      {!invites && !error ? (
        <CardContent role="status">
          <span className="sr-only">Loading invitations</span>
          <Skeleton className="h-8" />
        </CardContent>
      ) : null}
      {invites?.length === 0 ? (
        <CardContent className="text-[13px] text-muted-foreground">No invitation is open.</CardContent>
      ) : null}
      <ul className="divide-y">
        {invites?.map((invite) => (
          <li key={invite.id} className="flex min-h-12 items-center gap-3 px-4 py-2">
            <div className="grid min-w-0 flex-1">
              <span className="truncate text-[13px] font-medium">{invite.email}</span>
              <span className="text-xs text-muted-foreground">Good until {new Date(invite.expires_at).toLocaleDateString()}</span>
            </div>
            <Badge variant="outline">{invite.role}</Badge>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`Withdraw the invitation of ${invite.email}`}
              disabled={revoke.isPending}
              onClick={() => revoke.mutate(invite.id)}
            >
              <Trash2Icon />
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
