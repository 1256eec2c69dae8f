'use client';
/** Everything about a project that can be changed. */

import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { may } from '#components/platform/may.ts';
import { useProject } from '#components/platform/use-projects.ts';
import { EnvironmentSwitcher } from '#components/project-home/environment-switcher.tsx';
import { useCurrentEnvironment } from '#components/project-home/use-current-environment.ts';
import { ProjectMissing } from '#components/projects/project-missing.tsx';
import { ApiSettingsCard } from '#components/settings/api-settings-card.tsx';
import { ComplianceCard } from '#components/settings/compliance-card.tsx';
import { DangerCard } from '#components/settings/danger-card.tsx';
import { EnvironmentsCard } from '#components/settings/environments-card.tsx';
import { GeneralCard } from '#components/settings/general-card.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { useProjectRef } from '#components/shell/use-location.ts';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function SettingsView() {
  const { data: project, error, refetch } = useProject(useProjectRef());
  const { environment, select } = useCurrentEnvironment(project);
  if (error && !project) {
    return (
      <ProjectMissing
        error={error}
        fallback={<ErrorPanel isPage title="The settings could not be loaded" error={error} onRetry={refetch} />}
      />
    );
  }
  const canManage = project !== undefined && may(project.role, 'admin');
  return (
    <div className="mx-auto grid w-full max-w-3xl gap-6">
      <PageHeader title="Settings" />
      {project ? (
        <>
          <GeneralCard key={project.ref} project={project} canManage={canManage} />
          {environment ? (
            <ApiSettingsCard
              key={environment.ref}
              environment={environment.ref}
              canManage={canManage}
              switcher={<EnvironmentSwitcher environments={project.environments} current={environment} onSelect={select} />}
            />
          ) : null}
          <EnvironmentsCard project={project} canManage={canManage} />
          <ComplianceCard project={project} canManage={may(project.role, 'owner')} />
          {canManage ? <DangerCard project={project} /> : null}
        </>
      ) : (
        <div role="status" className="grid gap-6">
          <span className="sr-only">Loading the settings</span>
          <Skeleton className="h-40" />
          <Skeleton className="h-80" />
        </div>
      )}
    </div>
  );
}
