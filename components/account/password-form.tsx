'use client';
/** Asks for the password again before something that changes how one signs in. */

import { useState } from 'react';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { Button } from '#components/ui/button.tsx';
import { DialogFooter } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';

interface PasswordFormProps {
  action: string;
  pending: boolean;
  error: unknown;
  onSubmit: (password: string) => void;
  onClose: () => void;
}

export function PasswordForm({ action, pending, error, onSubmit, onClose }: PasswordFormProps) {
  const [password, setPassword] = useState('');
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(password);
      }}
    >
      <Field label="Your password" error={error ? toMessage(error) : undefined}>
        {(control) => (
          <Input
            type="password"
            autoComplete="current-password"
            {...control}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={pending || password === ''}>
          {action}
        </Button>
      </DialogFooter>
    </form>
  );
}
