'use client';
/** Setting up, removing and renewing: asks for the password first, and shows recovery codes once. */

import { useState } from 'react';
import { toast } from 'sonner';
import { ConfirmTotpForm } from '#components/account/confirm-totp-form.tsx';
import { PasswordForm } from '#components/account/password-form.tsx';
import { RecoveryCodes } from '#components/account/recovery-codes.tsx';
import { removeTotp, renewRecoveryCodes, startTotp, useFactorChange } from '#components/platform/use-account.ts';
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';

export type FactorStep = 'start-totp' | 'remove-totp' | 'renew-codes';

const words: Record<FactorStep, { title: string; description: string; action: string }> = {
  'start-totp': {
    title: 'Set up an authenticator app',
    description: 'It asks you for six digits at each sign-in.',
    action: 'Continue',
  },
  'remove-totp': {
    title: 'Remove the authenticator app?',
    description: 'Without another factor your password alone signs you in again.',
    action: 'Remove',
  },
  'renew-codes': { title: 'Renew the recovery codes?', description: 'The present codes stop working.', action: 'Renew' },
};

interface FactorDialogProps {
  step: FactorStep | null;
  onStep: (step: FactorStep | null) => void;
}

export function FactorDialog({ step, onStep }: FactorDialogProps) {
  return (
    <Dialog open={step !== null} onOpenChange={(open) => !open && onStep(null)}>
      <DialogContent>{step ? <Steps key={step} step={step} onClose={() => onStep(null)} /> : null}</DialogContent>
    </Dialog>
  );
}

function Steps({ step, onClose }: { step: FactorStep; onClose: () => void }) {
  const [enrollment, setEnrollment] = useState<{ secret: string; uri: string } | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const change = useFactorChange(async (password: string | null) => {
    if (step === 'start-totp') setEnrollment(await startTotp(password));
    else if (step === 'renew-codes') setCodes((await renewRecoveryCodes(password)).recovery_codes);
    else await removeTotp(password);
  });
  const { title, description, action } = words[step];
  const submit = (password: string | null) =>
    change.mutate(password, {
      onSuccess: () => {
        if (step !== 'remove-totp') return;
        toast.success('Authenticator app removed');
        onClose();
      },
    });
  if (codes) return <RecoveryCodes codes={codes} onClose={onClose} />;
  return (
    <>
      <DialogHeader>
        <DialogTitle>{title}</DialogTitle>
        <DialogDescription>
          {enrollment ? 'Scan the code, then enter the six digits the app shows.' : description}
        </DialogDescription>
      </DialogHeader>
      {enrollment ? (
        <ConfirmTotpForm enrollment={enrollment} onConfirmed={setCodes} onClose={onClose} />
      ) : (
        <PasswordForm action={action} pending={change.isPending} error={change.error} onSubmit={submit} onClose={onClose} />
      )}
    </>
  );
}
