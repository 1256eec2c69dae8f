'use client';
/** The searchable list of users, with what can be done to them. */

import { PlusIcon, SearchIcon, UsersIcon } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { may } from '#components/platform/may.ts';
import { useEndUsers, usersPerPage } from '#components/platform/use-end-users.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardFooter, CardHeader } from '#components/ui/card.tsx';
import { Input } from '#components/ui/input.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { NewUserDialog } from '#components/users/new-user-dialog.tsx';
import { UserSheet } from '#components/users/user-sheet.tsx';
import { UsersTable } from '#components/users/users-table.tsx';

export function UsersCard({ environment, role }: { environment: string; role: string }) {
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(1);
  const [adding, setAdding] = useState(false);
  const [openId, setOpenId] = useState<string | null>(null);
  const wanted = useDeferredValue(search.trim());
  const { data, error, refetch } = useEndUsers(environment, wanted, page);
  const canChange = may(role, 'developer');
  const total = data?.total ?? 0;
  return (
    <Card aria-label="Users">
      <CardHeader>
        <div className="relative w-full sm:w-72">
          <SearchIcon className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground" />
          <Input
            type="search"
            aria-label="Search users"
            placeholder="Search by e-mail, phone, name or id"
            className="pl-8"
            value={search}
            onChange={(event) => {
              setSearch(event.target.value);
              setPage(1);
            }}
          />
        </div>
        {canChange ? (
          <Button variant="outline" onClick={() => setAdding(true)}>
            <PlusIcon /> New user
          </Button>
        ) : null}
      </CardHeader>
      {error && !data ? (
        <div className="p-4">
          <ErrorPanel title="The users could not be loaded" error={error} onRetry={() => refetch()} />
        </div>
      ) : null}
      {!data && !error ? (
        <div role="status" className="grid gap-3 p-4">
          <span className="sr-only">Loading users</span>
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
        </div>
      ) : null}
      {data?.users.length === 0 ? (
        <div className="p-4">
          <EmptyState icon={UsersIcon} title={wanted === '' ? 'No users yet' : 'No user matches'}>
            {wanted === '' ? 'Users appear here as they sign up.' : `Nobody is found by “${wanted}”.`}
          </EmptyState>
        </div>
      ) : null}
      {data?.users.length ? <UsersTable users={data.users} onOpen={setOpenId} /> : null}
      {data?.users.length ? (
        <CardFooter>
          <Pager page={page} pages={Math.max(1, Math.ceil(total / usersPerPage))} onPage={setPage}>
            {total === 1 ? '1 user' : `${total.toLocaleString('en')} users`}
          </Pager>
        </CardFooter>
      ) : null}
      <NewUserDialog environment={environment} open={adding} onClose={() => setAdding(false)} />
      <UserSheet
        environment={environment}
        role={role}
        user={data?.users.find((user) => user.id === openId) ?? null}
        onClose={() => setOpenId(null)}
      />
    </Card>
  );
}
