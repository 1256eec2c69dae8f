'use client';
/** What stops or ends a project. */

import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { toast } from 'sonner';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import { may } from '#components/platform/may.ts';
import type { Project } from '#components/platform/schemas.ts';
import { useChangeProject, useDeleteProject } from '#components/platform/use-projects.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx';

function Row({ title, children, action }: { title: string; children: ReactNode; action: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-3">
      <div className="grid min-w-0 flex-1 basis-60 gap-0.5">
        <h3 className="text-[13px] font-medium">{title}</h3>
        <p className="text-xs text-muted-foreground">{children}</p>
      </div>
      {action}
    </div>
  );
}

export function DangerCard({ project }: { project: Project }) {
  const router = useRouter();
  const [dialog, setDialog] = useState<'pause' | 'delete' | null>(null);
  const change = useChangeProject(project.ref);
  const remove = useDeleteProject(project.ref);
  const paused = project.status === 'paused';

  const deleteProject = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        toast.success(`${project.name} deleted`);
        router.push('/');
      },
    });

  return (
    <Card aria-label="Danger zone" className="border-destructive/35">
      <CardHeader>
        <CardTitle>Danger zone</CardTitle>
      </CardHeader>
      <div className="divide-y">
        {paused ? (
          <Row
            title="Restore project"
            action={
              <Button variant="outline" onClick={() => change.mutate({ kind: 'restore' })}>
                Restore
              </Button>
            }
          >
            The APIs answer again; nothing was lost while paused.
          </Row>
        ) : (
          <Row
            title="Pause project"
            action={
              <Button variant="outline" onClick={() => setDialog('pause')}>
                Pause
              </Button>
            }
          >
            The APIs stop answering until the project is restored. Data is kept.
          </Row>
        )}
        {may(project.role, 'owner') ? (
          <Row
            title="Delete project"
            action={
              <Button variant="destructive" disabled={remove.isPending} onClick={() => setDialog('delete')}>
                {remove.isPending ? 'Deleting…' : 'Delete project'}
              </Button>
            }
          >
            Every environment, with its database, users and objects, is removed for good.
          </Row>
        ) : null}
      </div>
      <ConfirmDialog
        open={dialog === 'pause'}
        onClose={() => setDialog(null)}
        title={`Pause ${project.name}?`}
        description="Apps that use it are refused until it is restored."
        action="Pause project"
        onConfirm={() => change.mutate({ kind: 'pause' })}
      />
      <ConfirmDialog
        open={dialog === 'delete'}
        onClose={() => setDialog(null)}
        title={`Delete ${project.name}?`}
        description="All of its environments and their data are removed. This cannot be undone."
        action="Delete project"
        typed={project.ref}
        onConfirm={deleteProject}
      />
    </Card>
  );
}
