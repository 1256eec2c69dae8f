'use client';
/** E-mail and password of an operator, and the second factor when one is set up. */

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { KeyRoundIcon } from 'lucide-react';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { answerByPasskey, type PasskeyChallenge } from '#components/platform/passkey.ts';
import { toMessage } from '#components/platform/platform-error.ts';
import { type Credentials, useSignIn } from '#components/platform/use-operator.ts';
import { useHydrated } from '#components/shell/use-location.ts';
import { findOffer } from '#components/sign-in/second-factor.ts';
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

  const [code, setCode] = useState('');
  const offer = findOffer(signIn.error);
  const send = (second: Pick<Credentials, 'code' | 'passkey'>) =>
    form.handleSubmit((credentials) => signIn.mutate({ ...credentials, ...second }, { onSuccess: () => router.replace(next) }))();
  const byPasskey = useMutation({
    mutationFn: (challenge: PasskeyChallenge) => answerByPasskey(challenge),
    onSuccess: (passkey) => send({ passkey }),
  });
  const fault = byPasskey.error ?? (offer && !offer.wrong ? null : signIn.error);

  return (
    <form
      method="post"
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        send(code.trim() === '' ? {} : { code: code.trim() });
      }}
    >
      {fault ? (
        <p
          role="alert"
          className="rounded-md border border-destructive/30 bg-destructive/8 px-3 py-2 text-[13px] text-destructive"
        >
          {toMessage(fault)}
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
      {offer?.code ? (
        <Field label="Code" hint="From your authenticator app, or a recovery code.">
          {(control) => (
            <Input
              autoComplete="one-time-code"
              autoFocus
              className="h-9 font-mono"
              {...control}
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
      ) : null}
      {offer?.passkey ? (
        <Button
          variant="outline"
          size="lg"
          disabled={byPasskey.isPending}
          onClick={() => offer.passkey && byPasskey.mutate(offer.passkey)}
        >
          <KeyRoundIcon /> Use a passkey
        </Button>
      ) : null}
      <Button type="submit" size="lg" className="mt-1 w-full" disabled={!hydrated || signIn.isPending}>
        {signIn.isPending ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}
