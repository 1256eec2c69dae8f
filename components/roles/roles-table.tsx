'use client';
/** One line for each role: what it is for, how many have it, and what can be done with it. */

import { PencilIcon, Trash2Icon, UsersIcon } from 'lucide-react';
import type { AppRole } from '#components/platform/use-app-roles.ts';
import { Button } from '#components/ui/button.tsx';

interface RolesTableProps {
  roles: AppRole[];
  canManage: boolean;
  canSeeUsers: boolean;
  onOpen: (opened: { kind: 'edit' | 'users' | 'delete'; name: string }) => void;
}

export function RolesTable({ roles, canManage, canSeeUsers, onOpen }: RolesTableProps) {
  return (
    <ul className="divide-y">
      {roles.map((role) => (
        <li key={role.name} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
          <div className="grid min-w-40 flex-1">
            <span className="truncate font-mono text-[13px] font-medium">{role.name}</span>
            <span className="truncate text-xs text-muted-foreground">{role.description ?? 'No description'}</span>
          </div>
          <div className="flex items-center gap-1">
            {canSeeUsers ? (
              <Button variant="ghost" size="sm" onClick={() => onOpen({ kind: 'users', name: role.name })}>
                <UsersIcon /> {role.users.toLocaleString('en')} {role.users === 1 ? 'user' : 'users'}
                <span className="sr-only"> with {role.name}</span>
              </Button>
            ) : (
              <span className="text-xs text-muted-foreground tabular-nums">{role.users} users</span>
            )}
            {canManage ? (
              <>
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`Edit ${role.name}`}
                  onClick={() => onOpen({ kind: 'edit', name: role.name })}
                >
                  <PencilIcon />
                </Button>
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`Delete ${role.name}`}
                  onClick={() => onOpen({ kind: 'delete', name: role.name })}
                >
                  <Trash2Icon />
                </Button>
              </>
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  );
}
