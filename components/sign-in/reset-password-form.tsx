'use client';
/** A new password by a mailed link; the token is in the address's fragment. */

import { zodResolver } from '@hookform/resolvers/zod';
import Link from 'next/link';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { useResetPassword } from '#components/platform/use-ways-in.ts';
import { useHydrated } from '#components/shell/use-location.ts';
import { FormFault } from '#components/sign-in/form-fault.tsx';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';

const schema = z.object({ password: z.string().min(12, 'At least 12 characters.').max(1024) });

export function ResetPasswordForm() {
  const hydrated = useHydrated();
  const reset = useResetPassword();
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { password: '' } });
  const submit = form.handleSubmit(({ password }) =>
    reset.mutate({ token: new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '-', password }),
  );
  if (reset.isSuccess) {
    return (
      <div className="grid gap-4">
        <p role="status" className="text-[13px]">
          Done: the new password counts, and you are signed out everywhere.
        </p>
        <Button asChild size="lg">
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </div>
    );
  }
  return (
    <form method="post" noValidate className="grid gap-4" onSubmit={submit}>
      <FormFault error={reset.error} />
      <Field label="New password" hint="At least 12 characters." error={form.formState.errors.password?.message}>
        {(control) => (
          <Input
            type="password"
            autoComplete="new-password"
            autoFocus
            className="h-9"
            {...control}
            {...form.register('password')}
          />
        )}
      </Field>
      <Button type="submit" size="lg" className="mt-1 w-full" disabled={!hydrated || reset.isPending}>
        Set the password
      </Button>
    </form>
  );
}
