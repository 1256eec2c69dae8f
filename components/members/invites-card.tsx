'use client';
/** Invitations nobody has accepted yet. */

import { SendIcon, Trash2Icon } from 'lucide-react';
import { toast } from 'sonner';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { MailStatus } from '#components/instance/mail-status.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import type { Project } from '#components/platform/schemas.ts';
import { useInvite, useInvites, useRevokeInvite } from '#components/platform/use-members.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardContent, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function InvitesCard({ project }: { project: Project }) {
  const { data: invites, error, refetch } = useInvites(project.ref, true);
  const revoke = useRevokeInvite(project.ref);
  const again = useInvite(project.ref);
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
              <span className="truncate text-xs text-muted-foreground">
                {invite.role} · until {new Date(invite.expires_at).toLocaleDateString()}
              </span>
            </div>
            {invite.mail ? <MailStatus status={invite.mail} /> : null}
            {invite.mail ? (
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Send the invitation of ${invite.email} again`}
                disabled={again.isPending}
                onClick={() =>
                  again.mutate(
                    { email: invite.email, role: invite.role },
                    {
                      onSuccess: () => toast.success('Sent again; the link before is void'),
                      onError: (error) => toast.error(toMessage(error)),
                    },
                  )
                }
              >
                <SendIcon />
              </Button>
            ) : null}
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
