'use client';
/** What an environment's tables and policies leave open, the grave first, each with what mends it. */

import { ShieldCheckIcon } from 'lucide-react';
import { AdviceGroup } from '#components/advisor/advice-group.tsx';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { may } from '#components/platform/may.ts';
import { useAdvice } from '#components/platform/use-advice.ts';
import { EnvironmentPage } from '#components/shell/environment-page.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

const levels = [
  { level: 'error', title: 'Mend these first', word: 'Error', variant: 'destructive' },
  { level: 'warning', title: 'Look at these', word: 'Warning', variant: 'warning' },
  { level: 'info', title: 'Good to know', word: 'Remark', variant: 'neutral' },
] as const;

export function AdvisorView() {
  return (
    <EnvironmentPage title="Security" description="What tables and policies of this environment leave open.">
      {({ project, environment }) => (
        <AdviceList key={environment.ref} environment={environment.ref} canRun={may(project.role, 'developer')} />
      )}
    </EnvironmentPage>
  );
}

function AdviceList({ environment, canRun }: { environment: string; canRun: boolean }) {
  const { data: advice, error, refetch } = useAdvice(environment);
  if (error && !advice) return <ErrorPanel title="The advice could not be loaded" error={error} onRetry={() => refetch()} />;
  if (!advice) {
    return (
      <div role="status" className="grid gap-4">
        <span className="sr-only">Loading the advice</span>
        <Skeleton className="h-40" />
      </div>
    );
  }
  if (advice.length === 0) {
    return (
      <EmptyState icon={ShieldCheckIcon} title="Nothing to mend">
        Row-level security is on everywhere, and no policy trusts what it should not.
      </EmptyState>
    );
  }
  return levels.map(({ level, ...look }) => {
    const own = advice.filter((one) => one.level === level);
    return own.length === 0 ? null : <AdviceGroup key={level} advice={own} canRun={canRun} {...look} />;
  });
}
