'use client';
/** A code, or a passkey, when a second factor is asked for. */

import { useMutation } from '@tanstack/react-query';
import { KeyRoundIcon } from 'lucide-react';
import { toast } from 'sonner';
import { Field } from '#components/form/field.tsx';
import { answerByPasskey, type PasskeyAnswer, type PasskeyChallenge } from '#components/platform/passkey.ts';
import { toMessage } from '#components/platform/platform-error.ts';
import type { SecondFactorOffer } from '#components/sign-in/second-factor.ts';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';

interface SecondFactorFieldsProps {
  offer: SecondFactorOffer;
  code: string;
  onCode: (code: string) => void;
  onPasskey: (answer: PasskeyAnswer) => void;
}

export function SecondFactorFields({ offer, code, onCode, onPasskey }: SecondFactorFieldsProps) {
  const byPasskey = useMutation({
    mutationFn: (challenge: PasskeyChallenge) => answerByPasskey(challenge),
    onSuccess: onPasskey,
    onError: (error) => toast.error(toMessage(error)),
  });
  const { passkey } = offer;
  return (
    <>
      {offer.code ? (
        <Field
          label="Code"
          hint={offer.app ? 'From your authenticator app, or a recovery code.' : 'A recovery code, or the one an owner gave you.'}
        >
          {(control) => (
            <Input
              autoComplete="one-time-code"
              autoFocus
              className="h-9 font-mono"
              {...control}
              value={code}
              onChange={(event) => onCode(event.target.value)}
            />
          )}
        </Field>
      ) : null}
      {passkey ? (
        <Button variant="outline" size="lg" disabled={byPasskey.isPending} onClick={() => byPasskey.mutate(passkey)}>
          <KeyRoundIcon /> Use a passkey
        </Button>
      ) : null}
    </>
  );
}
