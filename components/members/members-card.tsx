'use client';
/** Members with their roles. */

import { Trash2Icon, UsersIcon } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import { RoleSelect } from '#components/members/role-select.tsx';
import type { Project } from '#components/platform/schemas.ts';
import { type Member, useChangeMember, useMembers } from '#components/platform/use-members.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function MembersCard({ project, canManage }: { project: Project; canManage: boolean }) {
  const { data: members, error, refetch } = useMembers(project.ref);
  const change = useChangeMember(project.ref);
  const [removing, setRemoving] = useState<Member | null>(null);
  return (
    <Card aria-label="Members">
      <CardHeader>
        <CardTitle>Members</CardTitle>
      </CardHeader>
      {error && !members ? (
        <div className="p-4">
          <ErrorPanel title="The members could not be loaded" error={error} onRetry={() => refetch()} />
        </div>
      ) : null}
      {!members && !error ? (
        <div role="status" className="p-4">
          <span className="sr-only">Loading members</span>
          <Skeleton className="h-8" />
        </div>
      ) : null}
      {members?.length === 0 ? (
        <div className="p-4">
          <EmptyState icon={UsersIcon} title="No members yet">
            Only owners of the server see this project. Invite those who work on it.
          </EmptyState>
        </div>
      ) : null}
      <ul className="divide-y">
        {members?.map((member) => (
          <li key={member.id} className="flex min-h-12 items-center gap-3 px-4 py-2">
            <div className="grid min-w-0 flex-1">
              <span className="truncate text-[13px] font-medium">{member.name || member.email}</span>
              {member.name ? <span className="truncate text-xs text-muted-foreground">{member.email}</span> : null}
            </div>
            <RoleSelect
              label={`Role of ${member.email}`}
              className="w-32"
              mine={project.role}
              value={member.role}
              disabled={!canManage || (member.role === 'owner' && project.role !== 'owner')}
              onChange={(role) =>
                change.mutate({ id: member.id, role }, { onSuccess: () => toast.success(`${member.email} is ${role} now`) })
              }
            />
            {canManage ? (
              <Button variant="ghost" size="icon-sm" aria-label={`Remove ${member.email}`} onClick={() => setRemoving(member)}>
                <Trash2Icon />
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove ${removing?.email ?? ''}?`}
        description="They no longer see this project. Their account stays."
        action="Remove member"
        onConfirm={() =>
          removing &&
          change.mutate({ id: removing.id, role: null }, { onSuccess: () => toast.success(`${removing.email} removed`) })
        }
      />
    </Card>
  );
}
