'use client';
/** The frame of a page about one environment: title, switcher, and the states before the project is known. */

import type { ReactNode } from 'react';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import type { Environment, Project } from '#components/platform/schemas.ts';
import { useProject } from '#components/platform/use-projects.ts';
import { EnvironmentSwitcher } from '#components/project-home/environment-switcher.tsx';
import { useCurrentEnvironment } from '#components/project-home/use-current-environment.ts';
import { ProjectMissing } from '#components/projects/project-missing.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { useProjectRef } from '#components/shell/use-location.ts';
import { cn } from '#components/ui/cn.ts';
import { Skeleton } from '#components/ui/skeleton.tsx';

export interface EnvironmentScope {
  project: Project;
  environment: Environment;
}

interface EnvironmentPageProps {
  title: string;
  description?: ReactNode;
  /** A narrow column, for forms. */
  narrow?: boolean;
  children: (scope: EnvironmentScope) => ReactNode;
}

export function EnvironmentPage({ title, description, narrow = false, children }: EnvironmentPageProps) {
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
  return (
    <div className={cn('grid grid-cols-[minmax(0,1fr)] gap-6', narrow && 'mx-auto w-full max-w-3xl')}>
      <PageHeader title={title} description={description}>
        {project && environment ? (
          <EnvironmentSwitcher environments={project.environments} current={environment} onSelect={select} />
        ) : null}
      </PageHeader>
      {project && environment ? (
        children({ project, environment })
      ) : (
        <div role="status">
          <span className="sr-only">Loading</span>
          <Skeleton className="h-72" />
        </div>
      )}
    </div>
  );
}
