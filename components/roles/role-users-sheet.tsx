'use client';
/** Who has a role: given by e-mail, taken by a press. */

import { XIcon } from 'lucide-react';
import { useState } from 'react';
import { DateTime } from '#components/feedback/date-time.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import {
  type AppRole,
  holdersPerPage,
  type RoleHolder,
  useGrantAppRole,
  useRoleHolders,
} from '#components/platform/use-app-roles.ts';
import { Button } from '#components/ui/button.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { Sheet, SheetClose, SheetContent, SheetDescription, SheetTitle } from '#components/ui/sheet.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { UserPicker } from '#components/users/user-picker.tsx';

interface RoleUsersSheetProps {
  environment: string;
  role: AppRole | null;
  canManage: boolean;
  onClose: () => void;
}

export function RoleUsersSheet({ environment, role, canManage, onClose }: RoleUsersSheetProps) {
  return (
    <Sheet open={role !== null} onOpenChange={(open) => !open && onClose()}>
      <SheetContent side="right">
        <div className="flex items-start justify-between gap-4 border-b px-5 py-4">
          <div className="grid min-w-0 gap-0.5">
            <SheetTitle className="truncate text-sm font-semibold">Users with {role?.name}</SheetTitle>
            <SheetDescription className="text-xs text-muted-foreground">It is in their next token.</SheetDescription>
          </div>
          <SheetClose asChild>
            <Button variant="ghost" size="icon-sm" aria-label="Close">
              <XIcon />
            </Button>
          </SheetClose>
        </div>
        {role ? <Holders key={role.name} environment={environment} role={role.name} canManage={canManage} /> : null}
      </SheetContent>
    </Sheet>
  );
}

function nameOf(user: RoleHolder): string {
  return user.email ?? (user.phone ? `+${user.phone}` : user.id);
}

function Holders({ environment, role, canManage }: { environment: string; role: string; canManage: boolean }) {
  const [page, setPage] = useState(1);
  const { data, error } = useRoleHolders(environment, role, page);
  const grant = useGrantAppRole(environment);
  return (
    <div className="grid content-start gap-4 overflow-y-auto p-5">
      {canManage ? (
        <UserPicker
          environment={environment}
          label={`Give ${role} to`}
          action="Give role"
          onPick={(userId) => grant.mutate({ role, userId, holds: true })}
        />
      ) : null}
      {error ? <p className="text-[13px] text-destructive">{toMessage(error)}</p> : null}
      {!data && !error ? <Skeleton className="h-24" /> : null}
      {data?.users.length === 0 ? <p className="text-[13px] text-muted-foreground">Nobody has it yet.</p> : null}
      {data?.users.length ? (
        <ul className="divide-y rounded-lg border bg-card" aria-label="Users">
          {data.users.map((user) => (
            <li key={user.id} className="flex items-center gap-3 px-4 py-2">
              <div className="grid min-w-0 flex-1">
                <span className="truncate text-[13px]">{nameOf(user)}</span>
                <span className="text-xs text-muted-foreground">
                  since <DateTime iso={user.since} />
                </span>
              </div>
              {canManage ? (
                <Button
                  variant="ghost"
                  size="sm"
                  aria-label={`Take away ${role} from ${nameOf(user)}`}
                  disabled={grant.isPending}
                  onClick={() => grant.mutate({ role, userId: user.id, holds: false })}
                >
                  Take away
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {data && data.total > holdersPerPage ? (
        <div className="flex items-center">
          <Pager page={page} pages={Math.ceil(data.total / holdersPerPage)} onPage={setPage}>
            {data.total.toLocaleString('en')} users
          </Pager>
        </div>
      ) : null}
    </div>
  );
}
