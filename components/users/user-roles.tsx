'use client';
/** The app's roles a user has, each a switch. */

import Link from 'next/link';
import { SwitchRow } from '#components/form/switch-row.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { useAppRoles, useGrantAppRole, useRolesOfUser } from '#components/platform/use-app-roles.ts';
import { useProjectRef } from '#components/shell/use-location.ts';
import { Skeleton } from '#components/ui/skeleton.tsx';

interface UserRolesProps {
  environment: string;
  userId: string;
  canManage: boolean;
}

export function UserRoles({ environment, userId, canManage }: UserRolesProps) {
  const project = useProjectRef();
  const { data: roles } = useAppRoles(environment);
  const { data: own, error } = useRolesOfUser(environment, userId);
  const grant = useGrantAppRole(environment);
  return (
    <section aria-label="Roles" className="grid gap-2">
      <h3 className="text-xs font-medium text-muted-foreground">Roles</h3>
      {error ? <p className="text-[13px] text-destructive">{toMessage(error)}</p> : null}
      {!error && (!roles || !own) ? <Skeleton className="h-10" /> : null}
      {roles?.length === 0 ? (
        <p className="text-[13px] text-muted-foreground">
          This app has none yet.{' '}
          <Link
            className="text-primary underline underline-offset-4"
            href={`/projects/${encodeURIComponent(project ?? '')}/roles`}
          >
            Define roles
          </Link>
        </p>
      ) : null}
      {roles?.length && own ? (
        <div className="divide-y rounded-lg border bg-card px-4 py-2.5">
          {roles.map((role) => (
            <SwitchRow
              key={role.name}
              label={role.name}
              hint={role.description ?? (role.permissions.join(', ') || 'No permissions')}
              checked={own.includes(role.name)}
              disabled={!canManage}
              onChange={(holds) => grant.mutate({ role: role.name, userId, holds })}
            />
          ))}
        </div>
      ) : null}
    </section>
  );
}
