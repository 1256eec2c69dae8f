'use client';
/** Who let an app in, and what it may see of them. */

import { XIcon } from 'lucide-react';
import { useState } from 'react';
import { DateTime } from '#components/feedback/date-time.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { clientsPerPage, type OAuthClient, titleOf, useOAuthClientUsers } from '#components/platform/use-oauth-clients.ts';
import { Button } from '#components/ui/button.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { Sheet, SheetClose, SheetContent, SheetDescription, SheetTitle } from '#components/ui/sheet.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

interface ClientUsersSheetProps {
  environment: string;
  client: OAuthClient | null;
  onClose: () => void;
}

export function ClientUsersSheet({ environment, client, onClose }: ClientUsersSheetProps) {
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
        {client ? <ClientUsers key={client.client_id} environment={environment} id={client.client_id} /> : null}
      </SheetContent>
    </Sheet>
  );
}

function ClientUsers({ environment, id }: { environment: string; id: string }) {
  const [page, setPage] = useState(1);
  const { data, error } = useOAuthClientUsers(environment, id, page);
  return (
    <div className="grid content-start gap-4 overflow-y-auto p-5">
      {error ? <p className="text-[13px] text-destructive">{toMessage(error)}</p> : null}
      {!data && !error ? <Skeleton className="h-24" /> : null}
      {data?.users.length === 0 ? <p className="text-[13px] text-muted-foreground">Nobody has let it in yet.</p> : null}
      {data?.users.length ? (
        <ul className="divide-y rounded-lg border bg-card" aria-label="Users">
          {data.users.map((user) => (
            <li key={user.id} className="grid min-w-0 px-4 py-2">
              <span className="truncate text-[13px]">{user.email ?? (user.phone ? `+${user.phone}` : user.id)}</span>
              <span className="text-xs text-muted-foreground">
                {user.scopes.join(', ')} since <DateTime iso={user.since} />
              </span>
            </li>
          ))}
        </ul>
      ) : null}
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
