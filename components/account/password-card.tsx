'use client';
/** A new password for the one of now. */

import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { useChangePassword } from '#components/platform/use-account.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardContent, CardFooter, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Input } from '#components/ui/input.tsx';

const schema = z.object({
  current: z.string().min(1, 'Enter your present password.'),
  next: z.string().min(12, 'At least 12 characters.').max(1024),
});

export function PasswordCard() {
  const change = useChangePassword();
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { current: '', next: '' } });
  const { errors } = form.formState;
  const submit = form.handleSubmit(({ current, next }) =>
    change.mutate(
      { current_password: current, password: next },
      {
        onSuccess: () => {
          form.reset();
          toast.success('Password changed; other sessions have ended');
        },
        onError: (error) => form.setError('root', { message: toMessage(error) }),
      },
    ),
  );
  return (
    <Card aria-label="Password">
      <form onSubmit={submit} noValidate>
        <CardHeader>
          <CardTitle>Password</CardTitle>
        </CardHeader>
        <CardContent className="grid gap-5 sm:grid-cols-2">
          <Field label="Present password" error={errors.current?.message}>
            {(control) => <Input type="password" autoComplete="current-password" {...control} {...form.register('current')} />}
          </Field>
          <Field label="New password" hint="Your other sessions end." error={errors.next?.message}>
            {(control) => <Input type="password" autoComplete="new-password" {...control} {...form.register('next')} />}
          </Field>
        </CardContent>
        <CardFooter>
          <p role="alert" className="text-xs text-destructive">
            {errors.root?.message}
          </p>
          <Button type="submit" size="sm" className="ml-auto" disabled={change.isPending}>
            Change password
          </Button>
        </CardFooter>
      </form>
    </Card>
  );
}
