'use client';
/** Identities at the organisation's provider that sign in to this account; nothing where there are none. */

import { BuildingIcon, UnlinkIcon } from 'lucide-react';
import { useState } from 'react';
import { PasswordForm } from '#components/account/password-form.tsx';
import { DateTime } from '#components/feedback/date-time.tsx';
import { type OwnIdentity, useOwnIdentities, useRemoveIdentity } from '#components/platform/use-account.ts';
import { useOperator } from '#components/platform/use-operator.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';

export function IdentitiesCard() {
  const { data: identities } = useOwnIdentities();
  const { data: operator } = useOperator();
  const remove = useRemoveIdentity();
  const [removing, setRemoving] = useState<OwnIdentity | null>(null);
  const close = () => {
    setRemoving(null);
    remove.reset();
  };
  if (!identities?.length) return null;
  return (
    <Card aria-label="Single sign-on">
      <CardHeader>
        <div className="grid gap-0.5">
          <CardTitle>Single sign-on</CardTitle>
          <CardDescription>Your organisation signs you in to this account.</CardDescription>
        </div>
      </CardHeader>
      <ul className="divide-y">
        {identities.map((identity) => (
          <li key={`${identity.issuer} ${identity.subject}`} className="flex min-h-12 items-center gap-3 px-4 py-2">
            <BuildingIcon className="size-4 shrink-0 text-muted-foreground" aria-hidden="true" />
            <div className="grid min-w-0 flex-1">
              <span className="truncate text-[13px]">{identity.email}</span>
              <span className="truncate text-xs text-muted-foreground">
                {identity.issuer} · <DateTime iso={identity.created_at} />
              </span>
            </div>
            {operator?.has_password === false ? null : (
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Disconnect ${identity.email}`}
                onClick={() => setRemoving(identity)}
              >
                <UnlinkIcon />
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Dialog open={removing !== null} onOpenChange={(open) => !open && close()}>
        <DialogContent>
          <DialogHeader>
            <DialogTitle>Disconnect {removing?.email}?</DialogTitle>
            <DialogDescription>Your organisation no longer signs you in; your password does.</DialogDescription>
          </DialogHeader>
          <PasswordForm
            action="Disconnect"
            pending={remove.isPending}
            error={remove.error}
            onSubmit={(password) => removing && remove.mutate({ ...removing, password }, { onSuccess: close })}
            onClose={close}
          />
        </DialogContent>
      </Dialog>
    </Card>
  );
}
