'use client';
/** Asks for a link to set a new password. */

import { zodResolver } from '@hookform/resolvers/zod';
import Link from 'next/link';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { useRequestReset } from '#components/platform/use-ways-in.ts';
import { useHydrated } from '#components/shell/use-location.ts';
import { FormFault } from '#components/sign-in/form-fault.tsx';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';

const schema = z.object({ email: z.email('Enter an e-mail address.') });

export function ForgotPasswordForm() {
  const hydrated = useHydrated();
  const ask = useRequestReset();
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: '' } });
  if (ask.isSuccess) {
    return (
      <div className="grid gap-4">
        <p role="status" className="text-[13px]">
          If there is an account for this address, a link is on its way. It works for half an hour.
        </p>
        <Button asChild size="lg" variant="outline">
          <Link href="/sign-in">Back to sign in</Link>
        </Button>
      </div>
    );
  }
  return (
    <form method="post" noValidate className="grid gap-4" onSubmit={form.handleSubmit(({ email }) => ask.mutate(email))}>
      <FormFault error={ask.error} />
      <Field label="E-mail" error={form.formState.errors.email?.message}>
        {(control) => (
          <Input type="email" autoComplete="username" autoFocus className="h-9" {...control} {...form.register('email')} />
        )}
      </Field>
      <Button type="submit" size="lg" className="mt-1 w-full" disabled={!hydrated || ask.isPending}>
        Send the link
      </Button>
      <Button asChild size="lg" variant="ghost">
        <Link href="/sign-in">Back to sign in</Link>
      </Button>
    </form>
  );
}
