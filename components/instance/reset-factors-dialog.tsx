'use client';
/** Takes an operator's lost second factors away: asks for the owner's password, then shows the code that stands in for them. */

import { PasswordForm } from '#components/account/password-form.tsx';
import { SecretOnce } from '#components/feedback/secret-once.tsx';
import { type PlatformOperator, useResetFactors } from '#components/platform/use-instance.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';

interface ResetFactorsDialogProps {
  operator: PlatformOperator | null;
  onClose: () => void;
}

export function ResetFactorsDialog({ operator, onClose }: ResetFactorsDialogProps) {
  return (
    <Dialog open={operator !== null} onOpenChange={(open) => !open && onClose()}>
      <DialogContent>{operator ? <Steps key={operator.id} operator={operator} onClose={onClose} /> : null}</DialogContent>
    </Dialog>
  );
}

function Steps({ operator, onClose }: { operator: PlatformOperator; onClose: () => void }) {
  const reset = useResetFactors();
  if (reset.data) {
    return (
      <>
        <DialogHeader>
          <DialogTitle>Second factors reset</DialogTitle>
          <DialogDescription>
            Give this code to {operator.email}, to them alone. It is asked for beside the password until they have set up a second
            factor.
          </DialogDescription>
        </DialogHeader>
        <SecretOnce text={reset.data.recovery_code} label="code" note="It is not shown again." />
        <DialogFooter>
          <Button onClick={onClose}>Done</Button>
        </DialogFooter>
      </>
    );
  }
  return (
    <>
      <DialogHeader>
        <DialogTitle className="break-words">Reset the second factors of {operator.email}?</DialogTitle>
        <DialogDescription>
          For a lost phone. Be sure who asks. Their sessions and tokens end now, and you get a code for them to sign in with.
        </DialogDescription>
      </DialogHeader>
      <PasswordForm
        action="Reset"
        pending={reset.isPending}
        error={reset.error}
        onSubmit={(password) => reset.mutate({ id: operator.id, password })}
        onClose={onClose}
      />
    </>
  );
}
