'use client';
/** The operator's second factors: authenticator app, recovery codes, passkeys. */

import { type ReactNode, useState } from 'react';
import { FactorDialog, type FactorStep } from '#components/account/factor-dialog.tsx';
import { PasskeyRows } from '#components/account/passkey-rows.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { useFactors } from '#components/platform/use-account.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function FactorsCard() {
  const { data: factors, error, refetch } = useFactors();
  const [step, setStep] = useState<FactorStep | null>(null);
  return (
    <Card aria-label="Two-factor">
      <CardHeader>
        <div className="grid gap-0.5">
          <CardTitle>Two-factor</CardTitle>
          <CardDescription>With one set up, the password alone no longer signs you in.</CardDescription>
        </div>
      </CardHeader>
      {error && !factors ? (
        <CardContent>
          <ErrorPanel title="The second factors could not be loaded" error={error} onRetry={() => refetch()} />
        </CardContent>
      ) : null}
      {!factors && !error ? (
        <CardContent role="status">
          <span className="sr-only">Loading second factors</span>
          <Skeleton className="h-16" />
        </CardContent>
      ) : null}
      {factors ? (
        <ul className="divide-y">
          <FactorRow
            title="Authenticator app"
            note="Six digits that change every half minute."
            state={factors.totp ? <Badge variant="success">On</Badge> : <Badge>Off</Badge>}
          >
            <Button variant="outline" size="sm" onClick={() => setStep(factors.totp ? 'remove-totp' : 'start-totp')}>
              {factors.totp ? 'Remove' : 'Set up'}
            </Button>
          </FactorRow>
          {factors.totp || factors.passkeys.length > 0 ? (
            <FactorRow
              title="Recovery codes"
              note="Each signs you in once when the rest is lost."
              state={
                <Badge variant={factors.recovery_codes_left > 2 ? 'neutral' : 'warning'}>
                  {factors.recovery_codes_left} left
                </Badge>
              }
            >
              <Button variant="outline" size="sm" onClick={() => setStep('renew-codes')}>
                Renew
              </Button>
            </FactorRow>
          ) : null}
          <PasskeyRows factors={factors} />
        </ul>
      ) : null}
      <FactorDialog step={step} onStep={setStep} />
    </Card>
  );
}

interface FactorRowProps {
  title: string;
  note: string;
  state: ReactNode;
  children: ReactNode;
}

function FactorRow({ title, note, state, children }: FactorRowProps) {
  return (
    <li className="flex min-h-14 items-center gap-3 px-4 py-2">
      <div className="grid min-w-0 flex-1">
        <span className="text-[13px] font-medium">{title}</span>
        <span className="text-xs text-muted-foreground">{note}</span>
      </div>
      {state}
      {children}
    </li>
  );
}
