'use client';
/** The signed-in operator's own account. */

import { FactorsCard } from '#components/account/factors-card.tsx';
import { IdentitiesCard } from '#components/account/identities-card.tsx';
import { PasswordCard } from '#components/account/password-card.tsx';
import { SessionsCard } from '#components/account/sessions-card.tsx';
import { TokensCard } from '#components/account/tokens-card.tsx';
import { useOperator } from '#components/platform/use-operator.ts';
import { PageHeader } from '#components/shell/page-header.tsx';

export function AccountView() {
  const { data: operator } = useOperator();
  return (
    <div className="mx-auto grid w-full max-w-3xl grid-cols-[minmax(0,1fr)] gap-6">
      <PageHeader title="Account" description={operator?.email} />
      {operator?.has_password === false ? null : <PasswordCard />}
      <FactorsCard />
      <IdentitiesCard />
      <TokensCard />
      <SessionsCard />
    </div>
  );
}
