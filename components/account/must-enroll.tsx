'use client';
/** In place of every page for an operator who has to set up a second factor first. */

import { FactorsCard } from '#components/account/factors-card.tsx';
import { useFactors } from '#components/platform/use-account.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';

/** `onDone` is the operator's to press: the recovery codes must not vanish with the page. */
export function MustEnroll({ onDone }: { onDone: () => void }) {
  const { data: factors } = useFactors();
  const ready = factors !== undefined && (factors.totp || factors.passkeys.length > 0);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <PageHeader
        title="Set up a second factor"
        description="It is asked of you at each sign-in. Until you have one, nothing else opens."
      />
      <FactorsCard />
      <Button className="justify-self-end" disabled={!ready} onClick={onDone}>
        Continue
      </Button>
    </div>
  );
}
