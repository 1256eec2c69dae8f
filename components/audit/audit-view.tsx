'use client';
/** What was done to a project: who, what, when, from where. */

import { ScrollTextIcon } from 'lucide-react';
import { AuditTable } from '#components/audit/audit-table.tsx';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { useAudit } from '#components/platform/use-audit.ts';
import { ProjectMissing } from '#components/projects/project-missing.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { useProjectRef } from '#components/shell/use-location.ts';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function AuditView() {
  const { data: entries, error, refetch } = useAudit(useProjectRef());
  if (error && !entries) {
    return (
      <ProjectMissing
        error={error}
        fallback={<ErrorPanel isPage title="The audit log could not be loaded" error={error} onRetry={refetch} />}
      />
    );
  }
  return (
    <div className="grid gap-6">
      <PageHeader title="Audit log" description="Every change operators made, newest first." />
      {entries ? null : (
        <div role="status">
          <span className="sr-only">Loading the audit log</span>
          <Skeleton className="h-64" />
        </div>
      )}
      {entries?.length === 0 ? (
        <EmptyState icon={ScrollTextIcon} title="Nothing recorded yet">
          Changes to this project will be listed here.
        </EmptyState>
      ) : null}
      {entries?.length ? <AuditTable entries={entries} /> : null}
    </div>
  );
}
