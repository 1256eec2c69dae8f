'use client';
/** One page of users. */

import { DateTime } from '#components/feedback/date-time.tsx';
import { type EndUser, toUserLabel } from '#components/platform/use-end-users.ts';
import { Badge } from '#components/ui/badge.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import { UserState } from '#components/users/user-state.tsx';

export function UsersTable({ users, onOpen }: { users: EndUser[]; onOpen: (id: string) => void }) {
  return (
    <ScrollBox label="List">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>User</TableHead>
            <TableHead>State</TableHead>
            <TableHead>Signs in with</TableHead>
            <TableHead>Last sign-in</TableHead>
            <TableHead>Created</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {users.map((user) => (
            <TableRow key={user.id} className="cursor-pointer" onClick={() => onOpen(user.id)}>
              <TableCell className="max-w-72">
                <button
                  type="button"
                  className="block max-w-full truncate rounded-sm text-left font-medium hover:underline hover:underline-offset-4"
                  onClick={(event) => {
                    event.stopPropagation();
                    onOpen(user.id);
                  }}
                >
                  {toUserLabel(user)}
                </button>
                <span className="block truncate font-mono text-[11px] text-muted-foreground">{user.id}</span>
              </TableCell>
              <TableCell>
                <UserState user={user} />
              </TableCell>
              <TableCell>
                <span className="flex gap-1">
                  {user.providers.map((provider) => (
                    <Badge key={provider} variant="outline">
                      {provider}
                    </Badge>
                  ))}
                </span>
              </TableCell>
              <TableCell className="text-muted-foreground">
                {user.last_sign_in_at ? <DateTime iso={user.last_sign_in_at} /> : 'Never'}
              </TableCell>
              <TableCell className="text-muted-foreground">
                <DateTime iso={user.created_at} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </ScrollBox>
  );
}
