'use client';
/** The list of mails beside the one that is open. */

import { MailIcon, SearchIcon } from 'lucide-react';
import { useState } from 'react';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { MailList } from '#components/mails/mail-list.tsx';
import { MailPane } from '#components/mails/mail-pane.tsx';
import { mailsPerPage, useMails } from '#components/platform/use-mails.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardFooter } from '#components/ui/card.tsx';
import { cn } from '#components/ui/cn.ts';
import { Input } from '#components/ui/input.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function MailsCard({ environment, role }: { environment: string; role: string }) {
  const [text, setText] = useState('');
  const [to, setTo] = useState('');
  const [page, setPage] = useState(1);
  const [openId, setOpenId] = useState<string | null>(null);
  const { data: mails, error, refetch } = useMails(environment, to, page);
  const open = mails?.find((mail) => mail.id === openId) ?? null;
  const search = (recipient: string) => {
    setTo(recipient.trim().toLowerCase());
    setPage(1);
  };
  return (
    <Card aria-label="Mails">
      <search>
        <form
          className="flex items-center gap-2 border-b px-4 py-2.5"
          onSubmit={(event) => {
            event.preventDefault();
            search(text);
          }}
        >
          <div className="relative w-full sm:w-72">
            <SearchIcon className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground" />
            <Input
              type="search"
              aria-label="Search by recipient"
              placeholder="Recipient, then Enter"
              className="pl-8"
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                if (event.target.value === '') search('');
              }}
            />
          </div>
          <Button type="submit" variant="outline">
            Search
          </Button>
        </form>
      </search>
      {error && !mails ? (
        <div className="p-4">
          <ErrorPanel title="The mails could not be loaded" error={error} onRetry={() => refetch()} />
        </div>
      ) : null}
      {!mails && !error ? (
        <div role="status" className="grid gap-3 p-4">
          <span className="sr-only">Loading mails</span>
          <Skeleton className="h-12" />
          <Skeleton className="h-12" />
        </div>
      ) : null}
      {mails?.length === 0 ? (
        <div className="p-4">
          <EmptyState icon={MailIcon} title={to === '' ? 'No mails yet' : 'No mail matches'}>
            {to === '' ? 'Confirmations, recovery links and codes appear here as they are sent.' : `Nothing went to “${to}”.`}
          </EmptyState>
        </div>
      ) : null}
      {mails?.length ? (
        <div className="lg:grid lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)] lg:divide-x">
          <div className={cn('max-h-[38rem] overflow-y-auto', open && 'max-lg:hidden')}>
            <MailList mails={mails} openId={openId} onOpen={setOpenId} />
          </div>
          <div className={cn(!open && 'max-lg:hidden')}>
            <MailPane key={open?.id} environment={environment} role={role} mail={open} onClose={() => setOpenId(null)} />
          </div>
        </div>
      ) : null}
      {mails && (mails.length > 0 || page > 1) ? (
        <CardFooter>
          <Pager page={page} pages={null} hasNext={mails.length === mailsPerPage} onPage={setPage}>
            {mails.length === mailsPerPage
              ? `${mailsPerPage} on this page`
              : `${mails.length} ${mails.length === 1 ? 'mail' : 'mails'}`}
          </Pager>
        </CardFooter>
      ) : null}
    </Card>
  );
}
