'use client';
/** Who let an app in, and what it may see of them. */

import { XIcon } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { DateTime } from '#components/feedback/date-time.tsx';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import {
  type ClientUser,
  clientsPerPage,
  type OAuthClient,
  titleOf,
  useOAuthClientUsers,
  useRevokeGrant,
} from '#components/platform/use-oauth-clients.ts';
import { Button } from '#components/ui/button.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { Sheet, SheetClose, SheetContent, SheetDescription, SheetTitle } from '#components/ui/sheet.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

interface ClientUsersSheetProps {
  environment: string;
  client: OAuthClient | null;
  canRevoke: boolean;
  onClose: () => void;
}

export function ClientUsersSheet({ environment, client, canRevoke, onClose }: ClientUsersSheetProps) {
  return (
    <Sheet open={client !== null} onOpenChange={(open) => !open && onClose()}>
      <SheetContent side="right">
        <div className="flex items-start justify-between gap-4 border-b px-5 py-4">
          <div className="grid min-w-0 gap-0.5">
            <SheetTitle className="truncate text-sm font-semibold">Users of {client ? titleOf(client) : ''}</SheetTitle>
            <SheetDescription className="text-xs text-muted-foreground">
              Who let it in, and what it sees of them.
            </SheetDescription>
          </div>
          <SheetClose asChild>
            <Button variant="ghost" size="icon-sm" aria-label="Close">
              <XIcon />
            </Button>
          </SheetClose>
        </div>
        {client ? <ClientUsers key={client.client_id} environment={environment} client={client} canRevoke={canRevoke} /> : null}
      </SheetContent>
    </Sheet>
  );
}

interface ClientUsersProps {
  environment: string;
  client: OAuthClient;
  canRevoke: boolean;
}

function ClientUsers({ environment, client, canRevoke }: ClientUsersProps) {
  const [page, setPage] = useState(1);
  const [leaving, setLeaving] = useState<ClientUser | null>(null);
  const { data, error } = useOAuthClientUsers(environment, client.client_id, page);
  const revoke = useRevokeGrant(environment);
  return (
    <div className="grid content-start gap-4 overflow-y-auto p-5">
      {error ? <p className="text-[13px] text-destructive">{toMessage(error)}</p> : null}
      {!data && !error ? <Skeleton className="h-24" /> : null}
      {data?.users.length === 0 ? <p className="text-[13px] text-muted-foreground">Nobody has let it in yet.</p> : null}
      {data?.users.length ? (
        <ul className="divide-y rounded-lg border bg-card" aria-label="Users">
          {data.users.map((user) => (
            <li key={user.id} className="flex items-center gap-3 px-4 py-2">
              <div className="grid min-w-0 flex-1">
                <span className="truncate text-[13px]">{nameOf(user)}</span>
                <span className="text-xs text-muted-foreground">
                  {user.scopes.join(', ')} since <DateTime iso={user.since} />
                </span>
              </div>
              {canRevoke ? (
                <Button
                  variant="ghost"
                  size="sm"
                  aria-label={`Revoke for ${nameOf(user)}`}
                  disabled={revoke.isPending}
                  onClick={() => setLeaving(user)}
                >
                  Revoke
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      <ConfirmDialog
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Shut ${titleOf(client)} out of ${leaving ? nameOf(leaving) : ''}?`}
        description="It is signed out of this user's account at once. The user may let it in again."
        action="Revoke"
        onConfirm={() =>
          leaving &&
          revoke.mutate(
            { clientId: client.client_id, userId: leaving.id },
            { onSuccess: () => toast.success(`${titleOf(client)} is shut out of ${nameOf(leaving)}`) },
          )
        }
      />
      {data && data.total > clientsPerPage ? (
        <div className="flex items-center">
          <Pager page={page} pages={Math.ceil(data.total / clientsPerPage)} onPage={setPage}>
            {data.total.toLocaleString('en')} users
          </Pager>
        </div>
      ) : null}
    </div>
  );
}

const nameOf = (user: ClientUser) => user.email ?? (user.phone ? `+${user.phone}` : user.id);
