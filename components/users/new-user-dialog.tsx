'use client';
/** A user made by an operator instead of by signing up. */

import { zodResolver } from '@hookform/resolvers/zod';
import { Controller, useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { SwitchRow } from '#components/form/switch-row.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { useCreateEndUser } from '#components/platform/use-end-users.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';

const schema = z.object({
  email: z.email('Enter an e-mail address.').max(255),
  password: z.string().max(72, 'At most 72 characters.'),
  confirmed: z.boolean(),
});

interface NewUserDialogProps {
  environment: string;
  open: boolean;
  onClose: () => void;
}

export function NewUserDialog({ environment, open, onClose }: NewUserDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>New user</DialogTitle>
          <DialogDescription>Without a password they sign in by a mailed link or code.</DialogDescription>
        </DialogHeader>
        <NewUserForm environment={environment} onClose={onClose} />
      </DialogContent>
    </Dialog>
  );
}

function NewUserForm({ environment, onClose }: Omit<NewUserDialogProps, 'open'>) {
  const create = useCreateEndUser(environment);
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: '', password: '', confirmed: true } });
  const { errors } = form.formState;
  const submit = form.handleSubmit(({ email, password, confirmed }) =>
    create.mutate(
      { email, email_confirm: confirmed, ...(password === '' ? {} : { password }) },
      {
        onSuccess: () => {
          toast.success(`${email} created`);
          onClose();
        },
        onError: (error) => form.setError('email', { message: toMessage(error) }),
      },
    ),
  );
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Field label="E-mail" error={errors.email?.message}>
        {(control) => <Input type="email" autoComplete="off" {...control} {...form.register('email')} />}
      </Field>
      <Field label="Password" hint="Optional." error={errors.password?.message}>
        {(control) => <Input type="password" autoComplete="new-password" {...control} {...form.register('password')} />}
      </Field>
      <Controller
        control={form.control}
        name="confirmed"
        render={({ field }) => (
          <SwitchRow
            label="E-mail is confirmed"
            hint="Otherwise they confirm it by a mail first."
            checked={field.value}
            onChange={field.onChange}
          />
        )}
      />
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={create.isPending}>
          Create user
        </Button>
      </DialogFooter>
    </form>
  );
}
