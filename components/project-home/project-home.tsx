'use client';
/** A project at a glance: figures, how to connect, keys. */

import Link from 'next/link';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { StatusBadge } from '#components/feedback/status-badge.tsx';
import type { Project } from '#components/platform/schemas.ts';
import { useProject } from '#components/platform/use-projects.ts';
import { ApiKeysCard } from '#components/project-home/api-keys-card.tsx';
import { ConnectCard } from '#components/project-home/connect-card.tsx';
import { CountsRow } from '#components/project-home/counts-row.tsx';
import { EnvironmentSwitcher } from '#components/project-home/environment-switcher.tsx';
import { useCurrentEnvironment } from '#components/project-home/use-current-environment.ts';
import { toComplianceLabels } from '#components/projects/project-card.tsx';
import { ProjectMissing } from '#components/projects/project-missing.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { useProjectRef } from '#components/shell/use-location.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function ProjectHome() {
  const { data: project, error, refetch } = useProject(useProjectRef());
  const { environment, select } = useCurrentEnvironment(project);
  if (error && !project) {
    return (
      <ProjectMissing
        error={error}
        fallback={<ErrorPanel isPage title="The project could not be loaded" error={error} onRetry={refetch} />}
      />
    );
  }
  if (!project) return <ProjectHomeSkeleton />;
  return (
    <div className="grid gap-6">
      <PageHeader
        title={project.name}
        description={
          <span className="flex flex-wrap items-center gap-2">
            <span className="font-mono text-xs">{environment?.ref ?? project.ref}</span>
            <StatusBadge status={project.status === 'active' && environment ? environment.status : project.status} />
            {toComplianceLabels(project.compliance).map((label) => (
              <Badge key={label} variant="outline">
                {label}
              </Badge>
            ))}
          </span>
        }
      >
        {environment ? <EnvironmentSwitcher environments={project.environments} current={environment} onSelect={select} /> : null}
      </PageHeader>
      {environment?.status === 'paused' || project.status === 'paused' ? <PausedNote project={project} /> : null}
      <CountsRow environment={environment?.ref ?? null} environments={project.environments.length} />
      {environment ? (
        <>
          <ConnectCard key={`connect-${environment.ref}`} environment={environment} />
          <ApiKeysCard key={`keys-${environment.ref}`} environment={environment.ref} role={project.role} />
        </>
      ) : null}
    </div>
  );
}

function PausedNote({ project }: { project: Project }) {
  return (
    <p className="rounded-lg border border-warning/30 bg-warning/8 px-4 py-2.5 text-[13px]">
      Paused: the APIs do not answer.{' '}
      <Link href={`/projects/${encodeURIComponent(project.ref)}/settings`} className="font-medium underline underline-offset-4">
        Restore it in the settings
      </Link>
    </p>
  );
}

function ProjectHomeSkeleton() {
  return (
    <div role="status" className="grid gap-6">
      <h1 className="sr-only">Loading the project</h1>
      <div className="grid gap-2">
        <Skeleton className="h-6 w-48" />
        <Skeleton className="h-4 w-28" />
      </div>
      <Skeleton className="h-[74px] w-full" />
      <Skeleton className="h-72 w-full" />
    </div>
  );
}
