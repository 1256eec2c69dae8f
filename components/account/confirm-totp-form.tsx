'use client';
/** The QR code of an authenticator app to be, and its first six digits. */

import { useState } from 'react';
import { QrCode } from '#components/account/qr-code.tsx';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { confirmTotp, useFactorChange } from '#components/platform/use-account.ts';
import { Button } from '#components/ui/button.tsx';
import { DialogFooter } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';

interface ConfirmTotpFormProps {
  enrollment: { secret: string; uri: string };
  /** With the recovery codes. */
  onConfirmed: (codes: string[]) => void;
  onClose: () => void;
}

export function ConfirmTotpForm({ enrollment, onConfirmed, onClose }: ConfirmTotpFormProps) {
  const [code, setCode] = useState('');
  const confirm = useFactorChange(confirmTotp);
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate(code, { onSuccess: (answer) => onConfirmed(answer.recovery_codes) });
      }}
    >
      <QrCode text={enrollment.uri} label="QR code for the authenticator app" />
      <div className="flex min-w-0 items-center gap-1 rounded-md border bg-code py-0.5 pr-1 pl-2.5">
        <code className="min-w-0 flex-1 truncate font-mono text-xs" data-testid="totp-secret">
          {enrollment.secret}
        </code>
        <CopyButton text={enrollment.secret} label="secret" />
      </div>
      <Field label="Six digits" error={confirm.error ? toMessage(confirm.error) : undefined}>
        {(control) => (
          <Input
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            className="font-mono tracking-widest"
            {...control}
            value={code}
            onChange={(event) => setCode(event.target.value.replace(/\D/g, ''))}
          />
        )}
      </Field>
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={confirm.isPending || code.length !== 6}>
          Confirm
        </Button>
      </DialogFooter>
    </form>
  );
}
