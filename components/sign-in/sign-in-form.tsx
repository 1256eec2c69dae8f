'use client';
/** E-mail and password of an operator, and the second factor when one is set up; or the organisation's provider. */

import { zodResolver } from '@hookform/resolvers/zod';
import { BuildingIcon } from 'lucide-react';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { type Credentials, useSignIn } from '#components/platform/use-operator.ts';
import { useSignInOptions, useStartSso } from '#components/platform/use-ways-in.ts';
import { useHydrated } from '#components/shell/use-location.ts';
import { FormFault } from '#components/sign-in/form-fault.tsx';
import { toNextPath } from '#components/sign-in/next-path.ts';
import { findOffer } from '#components/sign-in/second-factor.ts';
import { SecondFactorFields } from '#components/sign-in/second-factor-fields.tsx';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';

const schema = z.object({
  email: z.email('Enter an e-mail address.'),
  password: z.string().min(1, 'Enter your password.'),
});

export function SignInForm() {
  const router = useRouter();
  const next = toNextPath(useSearchParams().get('next'));
  const hydrated = useHydrated();
  const signIn = useSignIn();
  const { data: options } = useSignInOptions();
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: '', password: '' } });
  const { errors } = form.formState;

  const [code, setCode] = useState('');
  const offer = findOffer(signIn.error);
  const send = (second: Pick<Credentials, 'code' | 'passkey'>) =>
    form.handleSubmit((credentials) => signIn.mutate({ ...credentials, ...second }, { onSuccess: () => router.replace(next) }))();

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
      {options?.sso ? <SsoButton name={options.sso.name} next={next} /> : null}
      <FormFault error={offer && !offer.wrong ? null : signIn.error} />
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
      {offer ? (
        <SecondFactorFields offer={offer} code={code} onCode={setCode} onPasskey={(passkey) => send({ passkey })} />
      ) : null}
      <Button type="submit" size="lg" className="mt-1 w-full" disabled={!hydrated || signIn.isPending}>
        {signIn.isPending ? 'Signing in…' : 'Sign in'}
      </Button>
      {options?.password_reset ? (
        <Link href="/forgot-password" className="justify-self-center text-[13px] text-muted-foreground hover:text-foreground">
          Forgot password?
        </Link>
      ) : null}
    </form>
  );
}

function SsoButton({ name, next }: { name: string; next: string }) {
  const start = useStartSso();
  return (
    <>
      <FormFault error={start.error} />
      <Button variant="outline" size="lg" disabled={start.isPending || start.isSuccess} onClick={() => start.mutate(next)}>
        <BuildingIcon /> Continue with {name}
      </Button>
      <p className="flex items-center gap-3 text-xs text-muted-foreground before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
        or with a password
      </p>
    </>
  );
}
