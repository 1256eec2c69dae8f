'use client';
/** What concerns the whole platform, for its owners. */

import { LockKeyholeIcon } from 'lucide-react';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { MailCard } from '#components/instance/mail-card.tsx';
import { OperatorsCard } from '#components/instance/operators-card.tsx';
import { SsoCard } from '#components/instance/sso-card.tsx';
import { useOperator } from '#components/platform/use-operator.ts';
import { PageHeader } from '#components/shell/page-header.tsx';

export function InstanceView() {
  const { data: operator } = useOperator();
  return (
    <div className="mx-auto grid w-full max-w-3xl grid-cols-[minmax(0,1fr)] gap-6">
      <PageHeader title="Platform" description="Who operates this server, and how they sign in." />
      {operator === undefined ? null : operator.platform_role === 'owner' ? (
        <>
          <OperatorsCard />
          <SsoCard />
          <MailCard />
        </>
      ) : (
        <EmptyState icon={LockKeyholeIcon} title="For owners of the platform">
          Ask one of them to change how operators sign in.
        </EmptyState>
      )}
    </div>
  );
}
