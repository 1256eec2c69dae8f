'use client';
/** The environments of a project: listed, added, removed. */

import { PlusIcon, Trash2Icon } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { DateTime } from '#components/feedback/date-time.tsx';
import { StatusBadge } from '#components/feedback/status-badge.tsx';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import type { Environment, Project } from '#components/platform/schemas.ts';
import { useDeleteEnvironment } from '#components/platform/use-environments.ts';
import { NewEnvironmentDialog } from '#components/settings/new-environment-dialog.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx';

export function EnvironmentsCard({ project, canManage }: { project: Project; canManage: boolean }) {
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Environment | null>(null);
  const remove = useDeleteEnvironment(project.ref);
  return (
    <Card aria-label="Environments">
      <CardHeader>
        <CardTitle>Environments</CardTitle>
        {canManage ? (
          <Button variant="outline" size="sm" onClick={() => setAdding(true)}>
            <PlusIcon /> Add environment
          </Button>
        ) : null}
      </CardHeader>
      <ul className="divide-y">
        {project.environments.map((environment) => (
          <li key={environment.ref} className="flex min-h-12 items-center gap-3 px-4 py-2">
            <div className="grid min-w-0 flex-1">
              <span className="flex items-center gap-2">
                <span className="truncate text-[13px] font-medium">{environment.name}</span>
                <Badge variant="outline">{environment.kind}</Badge>
              </span>
              <span className="truncate font-mono text-xs text-muted-foreground">{environment.ref}</span>
            </div>
            <span className="text-xs text-muted-foreground max-sm:hidden">
              <DateTime iso={environment.created_at} />
            </span>
            <StatusBadge status={environment.status} />
            {canManage && environment.kind !== 'production' ? (
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Remove ${environment.name}`}
                onClick={() => setRemoving(environment)}
              >
                <Trash2Icon />
              </Button>
            ) : (
              <span className="size-7" />
            )}
          </li>
        ))}
      </ul>
      <NewEnvironmentDialog project={project} open={adding} onClose={() => setAdding(false)} />
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove ${removing?.name ?? ''}?`}
        description="Its database, users and stored objects are deleted. This cannot be undone."
        action="Remove environment"
        typed={removing?.ref ?? ''}
        onConfirm={() => removing && remove.mutate(removing.ref, { onSuccess: () => toast.success(`${removing.name} removed`) })}
      />
    </Card>
  );
}
