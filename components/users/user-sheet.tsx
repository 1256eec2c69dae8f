'use client';
/** One user in detail: facts, sessions, metadata, and what can be done to them. */

import { XIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { DateTime } from '#components/feedback/date-time.tsx';
import { may } from '#components/platform/may.ts';
import { type EndUser, toUserLabel } from '#components/platform/use-end-users.ts';
import { Button } from '#components/ui/button.tsx';
import { Sheet, SheetClose, SheetContent, SheetDescription, SheetTitle } from '#components/ui/sheet.tsx';
import { UserActions } from '#components/users/user-actions.tsx';
import { UserGrants } from '#components/users/user-grants.tsx';
import { UserRoles } from '#components/users/user-roles.tsx';
import { UserSessions } from '#components/users/user-sessions.tsx';
import { UserState } from '#components/users/user-state.tsx';

interface UserSheetProps {
  environment: string;
  role: string;
  user: EndUser | null;
  onClose: () => void;
}

export function UserSheet({ environment, role, user, onClose }: UserSheetProps) {
  return (
    <Sheet open={user !== null} onOpenChange={(open) => !open && onClose()}>
      <SheetContent side="right">
        <div className="flex items-start justify-between gap-4 border-b px-5 py-4">
          <div className="grid min-w-0 gap-0.5">
            <SheetTitle className="truncate text-sm font-semibold">{user ? toUserLabel(user) : ''}</SheetTitle>
            <SheetDescription className="truncate font-mono text-xs text-muted-foreground">{user?.id}</SheetDescription>
          </div>
          <div className="flex shrink-0">
            <CopyButton text={user?.id ?? ''} label="user id" />
            <SheetClose asChild>
              <Button variant="ghost" size="icon-sm" aria-label="Close">
                <XIcon />
              </Button>
            </SheetClose>
          </div>
        </div>
        {user ? (
          <div className="grid content-start gap-6 overflow-y-auto p-5">
            {may(role, 'developer') ? (
              <UserActions environment={environment} role={role} user={user} onDeleted={onClose} />
            ) : null}
            <UserFacts user={user} />
            {may(role, 'developer') ? (
              <UserRoles environment={environment} userId={user.id} canManage={may(role, 'admin')} />
            ) : null}
            <UserSessions key={user.id} environment={environment} userId={user.id} canEnd={may(role, 'developer')} />
            {may(role, 'developer') ? (
              <UserGrants key={user.id} environment={environment} userId={user.id} canRevoke={may(role, 'admin')} />
            ) : null}
            <Json title="User metadata" value={user.user_metadata} />
            <Json title="App metadata" value={user.app_metadata} />
          </div>
        ) : null}
      </SheetContent>
    </Sheet>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[8.5rem_minmax(0,1fr)] items-center gap-3 py-1.5">
      <dt className="text-xs text-muted-foreground">{label}</dt>
      <dd className="truncate text-[13px]">{children}</dd>
    </div>
  );
}

function moment(iso: string | null | undefined, otherwise: string): ReactNode {
  return iso ? <DateTime iso={iso} /> : <span className="text-muted-foreground">{otherwise}</span>;
}

function UserFacts({ user }: { user: EndUser }) {
  return (
    <dl className="divide-y rounded-lg border bg-card px-4 py-1.5">
      <Fact label="State">
        <UserState user={user} />
      </Fact>
      <Fact label="Identities">{user.providers.join(', ') || 'None'}</Fact>
      <Fact label="Second factors">{user.verified_factors === 0 ? 'None' : user.verified_factors}</Fact>
      <Fact label="Phone">{user.phone ? `+${user.phone}` : 'None'}</Fact>
      <Fact label="E-mail confirmed">{moment(user.email_confirmed_at, 'No')}</Fact>
      <Fact label="Last sign-in">{moment(user.last_sign_in_at, 'Never')}</Fact>
      <Fact label="Created">{moment(user.created_at, '')}</Fact>
      {user.banned_until ? <Fact label="Banned until">{new Date(user.banned_until).toLocaleString()}</Fact> : null}
    </dl>
  );
}

function Json({ title, value }: { title: string; value: unknown }) {
  return (
    <div className="grid gap-2">
      <h3 className="text-xs font-medium text-muted-foreground">{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls sideways must be reachable by keyboard */}
      <pre tabIndex={0} className="overflow-x-auto rounded-lg border bg-code p-3 font-mono text-xs leading-5">
        {JSON.stringify(value, null, 2)}
      </pre>
    </div>
  );
}
