'use client';
/** The operators who work on a project, and open invitations. */

import { PlusIcon } from 'lucide-react';
import { useState } from 'react';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { InviteDialog } from '#components/members/invite-dialog.tsx';
import { InvitesCard } from '#components/members/invites-card.tsx';
import { MembersCard } from '#components/members/members-card.tsx';
import { may } from '#components/platform/may.ts';
import { useProject } from '#components/platform/use-projects.ts';
import { ProjectMissing } from '#components/projects/project-missing.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { useProjectRef } from '#components/shell/use-location.ts';
import { Button } from '#components/ui/button.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function MembersView() {
  const { data: project, error, refetch } = useProject(useProjectRef());
  const [inviting, setInviting] = useState(false);
  if (error && !project) {
    return (
      <ProjectMissing
        error={error}
        fallback={<ErrorPanel isPage title="The project could not be loaded" error={error} onRetry={refetch} />}
      />
    );
  }
  const canManage = project !== undefined && may(project.role, 'admin');
  return (
    <div className="mx-auto grid w-full max-w-3xl grid-cols-[minmax(0,1fr)] gap-6">
      <PageHeader title="Members" description="Who works on this project. Owners of the server may do everything.">
        {canManage ? (
          <Button onClick={() => setInviting(true)}>
            <PlusIcon /> Invite
          </Button>
        ) : null}
      </PageHeader>
      {project ? (
        <>
          <MembersCard project={project} canManage={canManage} />
          {canManage ? <InvitesCard project={project} /> : null}
          <InviteDialog project={project} open={inviting} onClose={() => setInviting(false)} />
        </>
      ) : (
        <div role="status">
          <span className="sr-only">Loading members</span>
          <Skeleton className="h-40" />
        </div>
      )}
    </div>
  );
}
