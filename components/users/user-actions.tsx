'use client';
/** What an operator may do to a user: confirm, ban, view as, delete. */

import { BanIcon, CheckIcon, EyeIcon, Trash2Icon, UndoIcon } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import { may } from '#components/platform/may.ts';
import { type EndUser, isBanned, toUserLabel, useChangeEndUser, useDeleteEndUser } from '#components/platform/use-end-users.ts';
import { Button } from '#components/ui/button.tsx';
import { ImpersonateDialog } from '#components/users/impersonate-dialog.tsx';

/** As good as forever, and the longest the server takes. */
const banSeconds = 10 * 365 * 24 * 3600;

interface UserActionsProps {
  environment: string;
  role: string;
  user: EndUser;
  onDeleted: () => void;
}

export function UserActions({ environment, role, user, onDeleted }: UserActionsProps) {
  const [dialog, setDialog] = useState<'ban' | 'delete' | 'impersonate' | null>(null);
  const change = useChangeEndUser(environment);
  const remove = useDeleteEndUser(environment);
  const label = toUserLabel(user);
  const banned = isBanned(user, Date.now());
  const close = () => setDialog(null);
  const ban = (seconds: number, said: string) =>
    change.mutate({ id: user.id, change: { ban_seconds: seconds } }, { onSuccess: () => toast.success(said) });
  return (
    <div className="flex flex-wrap gap-2">
      {may(role, 'admin') ? (
        <Button variant="outline" size="sm" onClick={() => setDialog('impersonate')}>
          <EyeIcon /> View as
        </Button>
      ) : null}
      {user.email && !user.email_confirmed_at ? (
        <Button
          variant="outline"
          size="sm"
          disabled={change.isPending}
          onClick={() =>
            change.mutate(
              { id: user.id, change: { email_confirm: true } },
              { onSuccess: () => toast.success(`${label} confirmed`) },
            )
          }
        >
          <CheckIcon /> Confirm
        </Button>
      ) : null}
      {banned ? (
        <Button variant="outline" size="sm" disabled={change.isPending} onClick={() => ban(0, `${label} may sign in again`)}>
          <UndoIcon /> Lift the ban
        </Button>
      ) : (
        <Button variant="outline" size="sm" onClick={() => setDialog('ban')}>
          <BanIcon /> Ban
        </Button>
      )}
      <Button variant="outline" size="sm" className="text-destructive" onClick={() => setDialog('delete')}>
        <Trash2Icon /> Delete
      </Button>
      <ConfirmDialog
        open={dialog === 'ban'}
        onClose={close}
        title={`Ban ${label}?`}
        description="They can neither sign in nor renew a session until the ban is lifted."
        action="Ban user"
        onConfirm={() => ban(banSeconds, `${label} banned`)}
      />
      <ConfirmDialog
        open={dialog === 'delete'}
        onClose={close}
        title={`Delete ${label}?`}
        description="Their account, identities and sessions are deleted, and rows that refer to them as your schema says. This cannot be undone."
        action="Delete user"
        onConfirm={() =>
          remove.mutate(user.id, {
            onSuccess: () => {
              toast.success(`${label} deleted`);
              onDeleted();
            },
          })
        }
      />
      <ImpersonateDialog environment={environment} user={user} open={dialog === 'impersonate'} onClose={close} />
    </div>
  );
}
