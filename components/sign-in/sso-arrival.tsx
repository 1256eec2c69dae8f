'use client';
/** Where the provider sends the browser back to: signs in, or asks for the one step that is missing. */

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { Field } from '#components/form/field.tsx';
import { PlatformError } from '#components/platform/platform-error.ts';
import { type SsoAnswer, useFinishSso } from '#components/platform/use-ways-in.ts';
import { FormFault } from '#components/sign-in/form-fault.tsx';
import { toNextPath } from '#components/sign-in/next-path.ts';
import { findOffer } from '#components/sign-in/second-factor.ts';
import { SecondFactorFields } from '#components/sign-in/second-factor-fields.tsx';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';

/** Null when the provider sent no code; the address forgets it at once. */
function takeArrival(): SsoAnswer['arrival'] | null {
  const query = new URLSearchParams(window.location.search);
  window.history.replaceState(null, '', window.location.pathname);
  const [code, state, iss] = [query.get('code'), query.get('state'), query.get('iss')];
  return code === null || state === null ? null : { code, state, ...(iss === null ? {} : { iss }) };
}

export function SsoArrival() {
  const router = useRouter();
  const finish = useFinishSso();
  const begun = useRef(false);
  const [declined, setDeclined] = useState(false);
  const [asksPassword, setAsksPassword] = useState(false);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const { mutate } = finish;

  const send = (answer: SsoAnswer) =>
    mutate(answer, {
      onSuccess: ({ next }) => router.replace(toNextPath(next)),
      onError: (error) => {
        if (error instanceof PlatformError && error.code === 'sso_link_required') setAsksPassword(true);
      },
    });

  // biome-ignore lint/correctness/useExhaustiveDependencies: what arrived is sent once
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    const arrival = takeArrival();
    if (arrival === null || arrival === undefined) setDeclined(true);
    else send({ arrival });
  }, []);

  const offer = findOffer(finish.error);
  const refusal = finish.error instanceof PlatformError ? finish.error.code : null;
  const canAnswer = offer !== null || refusal === 'sso_link_required' || (asksPassword && refusal === 'invalid_credentials');
  const own = asksPassword ? { password } : {};

  if (declined || (finish.isError && !canAnswer)) {
    return (
      <div className="grid gap-4">
        {declined ? <FormFault error={new Error('The provider did not sign you in.')} /> : <FormFault error={finish.error} />}
        <Button asChild size="lg" variant="outline">
          <Link href="/sign-in">Back to sign in</Link>
        </Button>
      </div>
    );
  }
  if (!canAnswer) {
    return (
      <p role="status" className="text-[13px] text-muted-foreground">
        Signing in…
      </p>
    );
  }
  const isFirst = refusal === 'sso_link_required' || (offer !== null && !offer.wrong);
  return (
    <form
      method="post"
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        send({ ...own, ...(code.trim() === '' ? {} : { code: code.trim() }) });
      }}
    >
      {isFirst && refusal !== 'sso_link_required' ? null : isFirst ? (
        <p className="text-[13px]">{finish.error?.message}</p>
      ) : (
        <FormFault error={finish.error} />
      )}
      {asksPassword ? (
        <Field label="Password" hint="Of the account here, this once.">
          {(control) => (
            <Input
              type="password"
              autoComplete="current-password"
              autoFocus
              className="h-9"
              {...control}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
      ) : null}
      {offer ? (
        <SecondFactorFields offer={offer} code={code} onCode={setCode} onPasskey={(passkey) => send({ ...own, passkey })} />
      ) : null}
      <Button type="submit" size="lg" className="mt-1 w-full" disabled={finish.isPending}>
        {asksPassword ? 'Connect and sign in' : 'Sign in'}
      </Button>
    </form>
  );
}
