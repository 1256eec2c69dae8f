'use client';
/** Name and password of somebody who was invited; the token is in the address's fragment. */

import { zodResolver } from '@hookform/resolvers/zod';
import Link from 'next/link';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { useAcceptInvite } from '#components/platform/use-members.ts';
import { useHydrated } from '#components/shell/use-location.ts';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';

const schema = z.object({
  name: z.string().trim().max(80, 'At most 80 characters.'),
  password: z.string().min(1, 'Enter a password.'),
});

function readToken(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '';
}

export function AcceptInviteForm() {
  const hydrated = useHydrated();
  const accept = useAcceptInvite();
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { name: '', password: '' } });
  const { errors } = form.formState;
  const submit = form.handleSubmit(({ name, password }) =>
    accept.mutate({ token: readToken(), password, ...(name === '' ? {} : { name }) }),
  );
  if (accept.data) {
    return (
      <div className="grid gap-4">
        <p role="status" className="text-[13px]">
          Done. Sign in as <strong className="font-medium">{accept.data.email}</strong>.
        </p>
        <Button asChild size="lg">
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </div>
    );
  }
  return (
    <form method="post" onSubmit={submit} noValidate className="grid gap-4">
      {accept.error ? (
        <p
          role="alert"
          className="rounded-md border border-destructive/30 bg-destructive/8 px-3 py-2 text-[13px] text-destructive"
        >
          {toMessage(accept.error)}
        </p>
      ) : null}
      <Field label="Name" error={errors.name?.message}>
        {(control) => <Input autoComplete="name" autoFocus className="h-9" {...control} {...form.register('name')} />}
      </Field>
      <Field label="Password" error={errors.password?.message}>
        {(control) => (
          <Input type="password" autoComplete="new-password" className="h-9" {...control} {...form.register('password')} />
        )}
      </Field>
      <Button type="submit" size="lg" className="mt-1 w-full" disabled={!hydrated || accept.isPending}>
        Accept
      </Button>
    </form>
  );
}
