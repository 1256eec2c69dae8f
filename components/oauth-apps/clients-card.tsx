'use client';
/** The registered apps, and the dialogs that change them. */

import { AppWindowIcon, KeyRoundIcon, PencilIcon, PlusIcon, Trash2Icon, UsersIcon } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import { ClientDialog } from '#components/oauth-apps/client-dialog.tsx';
import { ClientSecretDialog } from '#components/oauth-apps/client-secret-dialog.tsx';
import { ClientUsersSheet } from '#components/oauth-apps/client-users-sheet.tsx';
import { may } from '#components/platform/may.ts';
import { toMessage } from '#components/platform/platform-error.ts';
import {
  type ClientWithSecret,
  clientsPerPage,
  type OAuthClient,
  titleOf,
  useDeleteOAuthClient,
  useOAuthClients,
  useRenewClientSecret,
} from '#components/platform/use-oauth-clients.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardFooter, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

type Opened = { kind: 'new' } | { kind: 'edit' | 'users' | 'secret' | 'delete'; client: OAuthClient } | null;

export function ClientsCard({ environment, role }: { environment: string; role: string }) {
  const [page, setPage] = useState(1);
  const [opened, setOpened] = useState<Opened>(null);
  const [shown, setShown] = useState<ClientWithSecret | null>(null);
  const { data, error, refetch } = useOAuthClients(environment, page);
  const remove = useDeleteOAuthClient(environment);
  const renew = useRenewClientSecret(environment);
  const canManage = may(role, 'admin');
  const of = (kind: string): OAuthClient | null => (opened?.kind === kind && 'client' in opened ? opened.client : null);
  const close = () => setOpened(null);
  const onError = (failure: unknown) => toast.error(toMessage(failure));
  const [leaving, renewing] = [of('delete'), of('secret')];
  if (error && !data) return <ErrorPanel title="The apps could not be loaded" error={error} onRetry={() => refetch()} />;
  const add = (
    <Button variant={data?.total ? 'outline' : 'default'} onClick={() => setOpened({ kind: 'new' })}>
      <PlusIcon /> Register app
    </Button>
  );
  return (
    <>
      {data === undefined ? (
        <div role="status">
          <span className="sr-only">Loading the apps</span>
          <Skeleton className="h-48" />
        </div>
      ) : data.total === 0 ? (
        <EmptyState icon={AppWindowIcon} title="No apps yet" action={canManage ? add : undefined}>
          Register an app with the addresses it may send users back to.
        </EmptyState>
      ) : (
        <Card aria-label="Apps">
          <CardHeader>
            <CardTitle>Apps</CardTitle>
            {canManage ? add : null}
          </CardHeader>
          <ul className="divide-y">
            {data.clients.map((client) => (
              <ClientRow
                key={client.client_id}
                client={client}
                canManage={canManage}
                canSeeUsers={may(role, 'developer')}
                onOpen={(kind) => setOpened({ kind, client })}
              />
            ))}
          </ul>
          {data.total > clientsPerPage ? (
            <CardFooter>
              <Pager page={page} pages={Math.ceil(data.total / clientsPerPage)} onPage={setPage}>
                {data.total.toLocaleString('en')} apps
              </Pager>
            </CardFooter>
          ) : null}
        </Card>
      )}
      <ClientDialog
        environment={environment}
        client={of('edit')}
        open={opened?.kind === 'new' || of('edit') !== null}
        onClose={close}
        onMade={setShown}
      />
      <ClientSecretDialog client={shown} onClose={() => setShown(null)} />
      <ClientUsersSheet environment={environment} client={of('users')} canRevoke={canManage} onClose={close} />
      <ConfirmDialog
        open={renewing !== null}
        onClose={close}
        title={`New secret for ${renewing ? titleOf(renewing) : ''}?`}
        description="The secret in use stops working at once: the app signs nobody in until it has the new one."
        action="Make new secret"
        onConfirm={() => renewing && renew.mutate(renewing.client_id, { onSuccess: setShown, onError })}
      />
      <ConfirmDialog
        open={leaving !== null}
        onClose={close}
        title={`Remove ${leaving ? titleOf(leaving) : ''}?`}
        description="Its tokens stop working at once, and what users agreed to is forgotten."
        action="Remove app"
        onConfirm={() =>
          leaving && remove.mutate(leaving.client_id, { onSuccess: () => toast.success(`${titleOf(leaving)} removed`), onError })
        }
      />
    </>
  );
}

interface ClientRowProps {
  client: OAuthClient;
  canManage: boolean;
  canSeeUsers: boolean;
  onOpen: (kind: 'edit' | 'users' | 'secret' | 'delete') => void;
}

function ClientRow({ client, canManage, canSeeUsers, onOpen }: ClientRowProps) {
  const title = titleOf(client);
  const actions = [
    ...(client.client_type === 'public'
      ? []
      : [{ kind: 'secret', label: `New secret for ${title}`, Icon: KeyRoundIcon } as const]),
    { kind: 'edit', label: `Edit ${title}`, Icon: PencilIcon } as const,
    { kind: 'delete', label: `Remove ${title}`, Icon: Trash2Icon } as const,
  ];
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
      <div className="grid min-w-40 flex-1 gap-0.5 max-sm:basis-full">
        <span className="flex min-w-0 items-center gap-2">
          <span className="truncate text-[13px] font-medium">{title}</span>
          {client.client_type === 'public' ? <Badge title="Has no secret">Public</Badge> : null}
          {client.registration_type === 'dynamic' ? <Badge variant="warning">Registered itself</Badge> : null}
        </span>
        <span className="truncate font-mono text-xs text-muted-foreground" title={client.redirect_uris.join('\n')}>
          {client.redirect_uris[0]}
          {client.redirect_uris.length > 1 ? ` and ${client.redirect_uris.length - 1} more` : ''}
        </span>
      </div>
      <div className="flex items-center gap-1 max-sm:-ml-2.5">
        <Button variant="ghost" size="sm" disabled={!canSeeUsers} onClick={() => onOpen('users')}>
          <UsersIcon /> {client.users.toLocaleString('en')} {client.users === 1 ? 'user' : 'users'}
          <span className="sr-only"> of {title}</span>
        </Button>
        {canManage
          ? actions.map(({ kind, label, Icon }) => (
              <Button key={kind} variant="ghost" size="icon-sm" aria-label={label} onClick={() => onOpen(kind)}>
                <Icon />
              </Button>
            ))
          : null}
      </div>
    </li>
  );
}
