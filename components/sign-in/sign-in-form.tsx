'use client';
/** E-mail and password of an operator. */

import { zodResolver } from '@hookform/resolvers/zod';
import { useRouter, useSearchParams } from 'next/navigation';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { useSignIn } from '#components/platform/use-operator.ts';
import { useHydrated } from '#components/shell/use-location.ts';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';

const schema = z.object({
  email: z.email('Enter an e-mail address.'),
  password: z.string().min(1, 'Enter your password.'),
});

/** Where to go after signing in: only ever a path of this site. */
export function toNextPath(next: string | null): string {
  if (next === null || !next.startsWith('/') || /^\/[/\\]/.test(next)) return '/';
  const url = new URL(next, 'http://dashboard.invalid');
  return url.host === 'dashboard.invalid' ? url.pathname + url.search : '/';
}

export function SignInForm() {
  const router = useRouter();
  const next = toNextPath(useSearchParams().get('next'));
  const hydrated = useHydrated();
  const signIn = useSignIn();
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: '', password: '' } });
  const { errors } = form.formState;

  const submit = form.handleSubmit((credentials) => signIn.mutate(credentials, { onSuccess: () => router.replace(next) }));

  return (
    <form method="post" onSubmit={submit} noValidate className="grid gap-4">
      {signIn.error ? (
        <p
          role="alert"
          className="rounded-md border border-destructive/30 bg-destructive/8 px-3 py-2 text-[13px] text-destructive"
        >
          {toMessage(signIn.error)}
        </p>
      ) : null}
      <Field label="E-mail" error={errors.email?.message}>
        {(control) => (
          <Input type="email" autoComplete="username" autoFocus className="h-9" {...control} {...form.register('email')} />
        )}
      </Field>
      <Field label="Password" error={errors.password?.message}>
        {(control) => (
          <Input type="password" autoComplete="current-password" className="h-9" {...control} {...form.register('password')} />
        )}
      </Field>
      <Button type="submit" size="lg" className="mt-1 w-full" disabled={!hydrated || signIn.isPending}>
        {signIn.isPending ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}
