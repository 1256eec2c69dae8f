'use client';
/** Asks for the password again before something that changes how one signs in. */

import { useState } from 'react';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { useOperator } from '#components/platform/use-operator.ts';
import { Button } from '#components/ui/button.tsx';
import { DialogFooter } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';

interface PasswordFormProps {
  action: string;
  pending: boolean;
  error: unknown;
  /** Null from who has no password: the server then asks for a sign-in of just now. */
  onSubmit: (password: string | null) => void;
  onClose: () => void;
}

export function PasswordForm({ action, pending, error, onSubmit, onClose }: PasswordFormProps) {
  const [password, setPassword] = useState('');
  const { data: operator } = useOperator();
  const hasPassword = operator?.has_password !== false;
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(hasPassword ? password : null);
      }}
    >
      {hasPassword ? (
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
      ) : (
        <p role="alert" className="text-xs text-destructive">
          {error ? toMessage(error) : ''}
        </p>
      )}
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={pending || (hasPassword && password === '')}>
          {action}
        </Button>
      </DialogFooter>
    </form>
  );
}
