'use client';
/** Passkeys: listed, added, removed. */

import { KeyRoundIcon, Trash2Icon } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { PasswordForm } from '#components/account/password-form.tsx';
import { RecoveryCodes } from '#components/account/recovery-codes.tsx';
import { DateTime } from '#components/feedback/date-time.tsx';
import { hasPasskeys } from '#components/platform/passkey.ts';
import { addPasskey, type Factors, removePasskey, useFactorChange } from '#components/platform/use-account.ts';
import { useHydrated } from '#components/shell/use-location.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';

/** A name to tell one's passkeys apart by. */
function toDeviceName(agent: string): string {
  return /iPhone|iPad|Android|Macintosh|Windows|Linux/.exec(agent)?.[0] ?? 'Passkey';
}

export function PasskeyRows({ factors }: { factors: Factors }) {
  const add = useFactorChange(addPasskey);
  const remove = useFactorChange(removePasskey);
  const [removing, setRemoving] = useState<Factors['passkeys'][number] | null>(null);
  const possible = useHydrated() && hasPasskeys();
  const [adding, setAdding] = useState(false);
  const [codes, setCodes] = useState<string[]>([]);
  const close = () => {
    setRemoving(null);
    setAdding(false);
    remove.reset();
    add.reset();
  };
  return (
    <>
      <li className="flex min-h-14 items-center gap-3 px-4 py-2">
        <div className="grid min-w-0 flex-1">
          <span className="text-[13px] font-medium">Passkeys</span>
          <span className="text-xs text-muted-foreground">
            {possible ? 'This device, a phone or a security key.' : 'Not available in this browser at this address.'}
          </span>
        </div>
        <Button variant="outline" size="sm" disabled={!possible} onClick={() => setAdding(true)}>
          Add
        </Button>
      </li>
      {factors.passkeys.map((passkey) => (
        <li key={passkey.id} className="flex min-h-12 items-center gap-3 px-4 py-2">
          <KeyRoundIcon className="size-4 text-muted-foreground" aria-hidden="true" />
          <div className="grid min-w-0 flex-1">
            <span className="truncate text-[13px]">{passkey.name}</span>
            <span className="text-xs text-muted-foreground">
              Added <DateTime iso={passkey.created_at} />
            </span>
          </div>
          <Button variant="ghost" size="icon-sm" aria-label={`Remove ${passkey.name}`} onClick={() => setRemoving(passkey)}>
            <Trash2Icon />
          </Button>
        </li>
      ))}
      <Dialog open={adding} onOpenChange={(open) => !open && close()}>
        <DialogContent>
          <DialogHeader>
            <DialogTitle>Add a passkey</DialogTitle>
            <DialogDescription>From then on your password alone no longer signs you in.</DialogDescription>
          </DialogHeader>
          <PasswordForm
            action="Add passkey"
            pending={add.isPending}
            error={add.error}
            onSubmit={(password) =>
              add.mutate(
                { name: toDeviceName(navigator.userAgent), password },
                {
                  onSuccess: ({ recovery_codes }) => {
                    toast.success('Passkey added');
                    close();
                    setCodes(recovery_codes);
                  },
                },
              )
            }
            onClose={close}
          />
        </DialogContent>
      </Dialog>
      <Dialog open={codes.length > 0} onOpenChange={(open) => !open && setCodes([])}>
        <DialogContent>
          <RecoveryCodes codes={codes} onClose={() => setCodes([])} />
        </DialogContent>
      </Dialog>
      <Dialog open={removing !== null} onOpenChange={(open) => !open && close()}>
        <DialogContent>
          <DialogHeader>
            <DialogTitle>Remove the passkey {removing?.name}?</DialogTitle>
            <DialogDescription>It can no longer be used to sign in here.</DialogDescription>
          </DialogHeader>
          <PasswordForm
            action="Remove"
            pending={remove.isPending}
            error={remove.error}
            onSubmit={(password) => removing && remove.mutate({ id: removing.id, password }, { onSuccess: close })}
            onClose={close}
          />
        </DialogContent>
      </Dialog>
    </>
  );
}
