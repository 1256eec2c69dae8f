'use client';
/** The list of roles with the matrix of their permissions, and the dialogs that change them. */

import { IdCardIcon, PlusIcon } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import { may } from '#components/platform/may.ts';
import { type AppRole, useAppRoles, useDeleteAppRole } from '#components/platform/use-app-roles.ts';
import { PermissionMatrix } from '#components/roles/permission-matrix.tsx';
import { RoleDialog } from '#components/roles/role-dialog.tsx';
import { RoleSnippet } from '#components/roles/role-snippet.tsx';
import { RoleUsersSheet } from '#components/roles/role-users-sheet.tsx';
import { RolesTable } from '#components/roles/roles-table.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

type Opened = { kind: 'new' } | { kind: 'edit' | 'users' | 'delete'; name: string } | null;

export function RolesCard({ environment, role }: { environment: string; role: string }) {
  const { data: roles, error, refetch } = useAppRoles(environment);
  const [opened, setOpened] = useState<Opened>(null);
  const remove = useDeleteAppRole(environment);
  const canManage = may(role, 'admin');
  const find = (kind: string): AppRole | null =>
    opened?.kind === kind && 'name' in opened ? (roles?.find((one) => one.name === opened.name) ?? null) : null;
  const close = () => setOpened(null);
  const leaving = find('delete');
  const newRole = (
    <Button variant={roles?.length ? 'outline' : 'default'} onClick={() => setOpened({ kind: 'new' })}>
      <PlusIcon /> New role
    </Button>
  );
  if (error && !roles) return <ErrorPanel title="The roles could not be loaded" error={error} onRetry={() => refetch()} />;
  return (
    <>
      {roles === undefined ? (
        <div role="status">
          <span className="sr-only">Loading the roles</span>
          <Skeleton className="h-64" />
        </div>
      ) : roles.length === 0 ? (
        <EmptyState icon={IdCardIcon} title="No roles yet" action={canManage ? newRole : undefined}>
          Define roles such as “nurse” or “editor”, give them to users, and let policies ask for them.
        </EmptyState>
      ) : (
        <>
          <Card aria-label="Roles">
            <CardHeader>
              <CardTitle>Roles</CardTitle>
              {canManage ? newRole : null}
            </CardHeader>
            <RolesTable roles={roles} canManage={canManage} canSeeUsers={may(role, 'developer')} onOpen={setOpened} />
          </Card>
          <Card aria-label="Permissions">
            <CardHeader>
              <div className="grid gap-0.5">
                <CardTitle>Permissions</CardTitle>
                <CardDescription>What each role may do, in words of your own.</CardDescription>
              </div>
            </CardHeader>
            <PermissionMatrix environment={environment} roles={roles} canManage={canManage} />
          </Card>
          <RoleSnippet roles={roles} />
        </>
      )}
      <RoleDialog
        environment={environment}
        role={find('edit')}
        open={opened?.kind === 'new' || find('edit') !== null}
        onClose={close}
      />
      <RoleUsersSheet environment={environment} role={find('users')} canManage={canManage} onClose={close} />
      <ConfirmDialog
        open={leaving !== null}
        onClose={close}
        title={`Delete the role ${leaving?.name ?? ''}?`}
        description={`It is taken from ${leaving?.users === 1 ? 'the one user' : `all ${leaving?.users ?? 0} users`} who have it. Policies that ask for it admit nobody by it any more.`}
        action="Delete role"
        onConfirm={() => leaving && remove.mutate(leaving.name, { onSuccess: () => toast.success(`${leaving.name} deleted`) })}
      />
    </>
  );
}
